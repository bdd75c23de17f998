// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeyId} from "../interfaces/RootKeys.sol";
import {Secp256k1} from "./Secp256k1.sol";

/// @title Child keys: child = Root + h·G, h = hash_to_field(keyId) modulo the group order
/// @dev docs/spec/network.md §2. The tweak is public; whoever knows one child's secret and its tweak knows the root's.
library KeyDerivation {
    /// @dev Root = −h·G. Nobody can find such a key id on purpose.
    error ChildKeyIsInfinity();

    /// @dev Domain separation tag of hash_to_field.
    bytes private constant DST = "LIT_HD_KEY_ID_K256_XMD:SHA-256_SSWU_RO_NUL_";
    /// @dev Bytes that one field element is made from: ceil((256 + 128) / 8).
    uint16 private constant L = 48;
    /// @dev Input block of SHA-256, bytes.
    uint256 private constant BLOCK_BYTES = 64;

    /// @notice The child `keyId` of the root point (rootX, rootY).
    function childOf(uint256 rootX, uint256 rootY, KeyId keyId) internal view returns (uint256 x, uint256 y) {
        return addTweak(rootX, rootY, tweak(keyId));
    }

    /// @notice Root + h·G. h < N.
    function addTweak(uint256 rootX, uint256 rootY, uint256 h) internal view returns (uint256, uint256) {
        (uint256 x, uint256 y, uint256 z) = Secp256k1.multiplyGenerator(h);
        (x, y, z) = Secp256k1.addAffine(x, y, z, rootX, rootY);
        if (z == 0) revert ChildKeyIsInfinity();
        return Secp256k1.toAffine(x, y, z);
    }

    /// @notice hash_to_field(keyId) with one element (RFC 9380 §5.2), expanded by expand_message_xmd with SHA-256 (§5.3.1).
    function tweak(KeyId keyId) internal pure returns (uint256) {
        bytes memory dstPrime = abi.encodePacked(DST, uint8(DST.length));
        bytes32 b0 =
            sha256(abi.encodePacked(new bytes(BLOCK_BYTES), KeyId.unwrap(keyId), L, uint8(0), dstPrime));
        bytes32 b1 = sha256(abi.encodePacked(b0, uint8(1), dstPrime));
        bytes32 b2 = sha256(abi.encodePacked(b0 ^ b1, uint8(2), dstPrime));
        // The 48 bytes are b1 and the first half of b2, as one big-endian number.
        return addmod(mulmod(uint256(b1), 1 << 128, Secp256k1.N), uint256(b2) >> 128, Secp256k1.N);
    }
}
