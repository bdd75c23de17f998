// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeyDerivation} from "../derivation/KeyDerivation.sol";
import {Secp256k1} from "../derivation/Secp256k1.sol";
import {KeyId} from "../interfaces/RootKeys.sol";

/// @dev Opens the libraries' functions to tests, with scalars that no key id hashes to.
contract KeyDerivationHarness {
    function tweak(KeyId keyId) external pure returns (uint256) {
        return KeyDerivation.tweak(keyId);
    }

    function childOf(bytes calldata root, KeyId keyId) external view returns (uint256, uint256) {
        (uint256 x, uint256 y) = Secp256k1.decompress(root);
        return KeyDerivation.childOf(x, y, keyId);
    }

    function addTweak(bytes calldata root, uint256 h) external view returns (uint256, uint256) {
        (uint256 x, uint256 y) = Secp256k1.decompress(root);
        return KeyDerivation.addTweak(x, y, h);
    }

    function decompress(bytes calldata compressed) external view returns (uint256, uint256) {
        return Secp256k1.decompress(compressed);
    }

    /// @dev (k·G in Jacobian form) + (x, y), to reach every case of the addition.
    function addToMultiple(uint256 k, uint256 x, uint256 y) external view returns (bool infinity, uint256, uint256) {
        (uint256 x1, uint256 y1, uint256 z1) = Secp256k1.multiplyGenerator(k);
        (x1, y1, z1) = Secp256k1.addAffine(x1, y1, z1, x, y);
        if (z1 == 0) return (true, 0, 0);
        (x1, y1) = Secp256k1.toAffine(x1, y1, z1);
        return (false, x1, y1);
    }
}
