// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Identifies one child key inside a key set; input of the derivation `child = Root + hash_to_field(keyId)·G`.
type KeyId is bytes32;

/// @dev One root public key of a key set (docs/spec/network.md §2).
/// @param kind    1 BLS12-381 decryption, 2 secp256k1, 3 Ed25519, 4 BLS12-381 sessions, 5 P-256, 6 P-384,
///                7 ristretto255, 8 Ed448, 9 RedJubjub, 10 decaf377
/// @param pubkey  the compressed public key: 48, 33, 32, 48, 33, 49, 32, 57, 32 and 32 bytes for the kinds above
struct RootKey {
    uint8 kind;
    bytes pubkey;
}
