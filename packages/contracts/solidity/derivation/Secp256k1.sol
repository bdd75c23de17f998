// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Arithmetic on secp256k1 (SEC 2 v2 §2.4.1): y² = x³ + 7 over F_p
/// @dev All inputs are public, so nothing here needs constant time. Points are affine (x, y), or Jacobian (X, Y, Z) with
///      x = X/Z², y = Y/Z³; Z = 0 is the point at infinity. Coordinates are always reduced modulo P.
library Secp256k1 {
    /// @dev The bytes are not a compressed point of the curve.
    error InvalidCompressedPoint();

    /// @dev Field prime.
    uint256 internal constant P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    /// @dev Group order.
    uint256 internal constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 internal constant GX = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;
    uint256 internal constant GY = 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8;

    uint256 private constant COMPRESSED_BYTES = 33;

    /// @notice The point that 33 bytes encode (SEC 1 v2 §2.3.4).
    function decompress(bytes memory compressed) internal view returns (uint256 x, uint256 y) {
        if (compressed.length != COMPRESSED_BYTES) revert InvalidCompressedPoint();
        uint8 prefix = uint8(compressed[0]);
        if (prefix != 2 && prefix != 3) revert InvalidCompressedPoint();
        assembly ("memory-safe") {
            x := mload(add(compressed, COMPRESSED_BYTES))
        }
        if (x >= P) revert InvalidCompressedPoint();
        uint256 ySquared = addmod(mulmod(x, mulmod(x, x, P), P), 7, P);
        // P ≡ 3 (mod 4), so a square root is the power (P+1)/4; without a root the check below fails.
        y = Math.modExp(ySquared, (P + 1) / 4, P);
        if (mulmod(y, y, P) != ySquared) revert InvalidCompressedPoint();
        // y is never 0: the group order is odd, so no point has order 2.
        if (y & 1 != prefix & 1) y = P - y;
    }

    /// @notice scalar·G by doubling and adding, most significant bit first. scalar < N.
    function multiplyGenerator(uint256 scalar) internal pure returns (uint256 x, uint256 y, uint256 z) {
        if (scalar == 0) return (0, 1, 0);
        (x, y, z) = (GX, GY, 1);
        for (uint256 bit = Math.log2(scalar); bit > 0;) {
            unchecked {
                --bit;
            }
            (x, y, z) = double(x, y, z);
            if ((scalar >> bit) & 1 == 1) (x, y, z) = addAffine(x, y, z, GX, GY);
        }
    }

    /// @notice 2·(x, y, z). EFD dbl-2009-l, for a = 0.
    function double(uint256 x, uint256 y, uint256 z) internal pure returns (uint256, uint256, uint256) {
        unchecked {
            uint256 yy = mulmod(y, y, P);
            uint256 s = mulmod(4, mulmod(x, yy, P), P);
            uint256 m = mulmod(3, mulmod(x, x, P), P);
            uint256 x3 = addmod(mulmod(m, m, P), P - addmod(s, s, P), P);
            uint256 y3 = addmod(mulmod(m, addmod(s, P - x3, P), P), P - mulmod(8, mulmod(yy, yy, P), P), P);
            return (x3, y3, mulmod(addmod(y, y, P), z, P));
        }
    }

    /// @notice (x1, y1, z1) + (x2, y2), complete: infinity, equal and opposite points included.
    function addAffine(uint256 x1, uint256 y1, uint256 z1, uint256 x2, uint256 y2)
        internal
        pure
        returns (uint256, uint256, uint256)
    {
        unchecked {
            if (z1 == 0) return (x2, y2, 1);
            uint256 zz = mulmod(z1, z1, P);
            uint256 h = addmod(mulmod(x2, zz, P), P - x1, P);
            uint256 r = addmod(mulmod(y2, mulmod(z1, zz, P), P), P - y1, P);
            if (h == 0) {
                if (r == 0) return double(x1, y1, z1);
                return (0, 1, 0);
            }
            uint256 hh = mulmod(h, h, P);
            uint256 hhh = mulmod(h, hh, P);
            uint256 v = mulmod(x1, hh, P);
            uint256 x3 = addmod(mulmod(r, r, P), P - addmod(hhh, addmod(v, v, P), P), P);
            uint256 y3 = addmod(mulmod(r, addmod(v, P - x3, P), P), P - mulmod(y1, hhh, P), P);
            return (x3, y3, mulmod(z1, h, P));
        }
    }

    /// @notice The affine form of a point that is not infinity.
    function toAffine(uint256 x, uint256 y, uint256 z) internal view returns (uint256, uint256) {
        uint256 zInverse = Math.invModPrime(z, P);
        uint256 zz = mulmod(zInverse, zInverse, P);
        return (mulmod(x, zz, P), mulmod(y, mulmod(zz, zInverse, P), P));
    }
}
