// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeyId, RootKey} from "./RootKeys.sol";

/// @title Root keys and the public keys derived from them
/// @notice Root keys come from the staking contract, once, when t members agree. A token's secp256k1 key is computed here.
/// Its keys on the other curves follow from the root keys and its key id in the same way, `Root + hash_to_field(keyId)·G`
/// (docs/spec/network.md §2); clients compute them, because the EVM has no arithmetic for these curves.
interface IPubkeyRouter {
    /// @notice The root keys of a key set are known.
    event RootKeysSet(string keySetId, RootKey[] rootKeys);
    /// @notice A derived key was registered.
    event KeyRegistered(uint256 indexed tokenId, KeyId keyId, bytes pubkey);

    error CallerIsNotStaking(address caller);
    error CallerIsNotPKPNFT(address caller);
    /// @notice Root keys never change.
    error RootKeysAlreadySet(string keySetId);
    /// @notice The key set has no root keys (yet).
    error RootKeysNotSet(string keySetId);
    /// @notice Not the kinds 1 to 10 in order with their lengths.
    error InvalidRootKeys();
    /// @notice The root keys of another staking contract are not known here.
    error UnknownStaking(address staking);
    error KeyNotFound(uint256 tokenId);
    /// @notice A key is registered once: what was burnt stays burnt.
    error KeyAlreadyRegistered(uint256 tokenId);
    /// @notice Not 65 bytes that begin with 0x04.
    error InvalidPubkey();

    /// @notice Stores the root keys of a key set. Staking only, once.
    function setRootKeys(string calldata keySetId, RootKey[] calldata rootKeys) external;

    /// @notice Reverts with `InvalidRootKeys` unless the kinds are 1 to 10 in order with their lengths. Checks no curve.
    function requireWellFormed(RootKey[] calldata rootKeys) external pure;

    /// @notice Derives the secp256k1 key `keyId` of a key set and remembers it. PKPNFT only.
    /// @return tokenId  keccak256 of `pubkey`
    /// @return pubkey   65 bytes, 0x04 ‖ X ‖ Y
    function registerKey(string calldata keySetId, KeyId keyId) external returns (uint256 tokenId, bytes memory pubkey);

    /// @notice The root keys of a key set in order of kind; empty before key generation.
    function getRootKeys(string calldata keySetId) external view returns (RootKey[] memory);

    function hasRootKeys(string calldata keySetId) external view returns (bool);

    /// @notice The secp256k1 key `derivedKeyId` of a key set, registered or not.
    /// @param stakingContract  must be the staking contract of this network
    /// @return pubkey 65 bytes, 0x04 ‖ X ‖ Y
    function getDerivedPubkey(address stakingContract, string calldata keySetId, bytes32 derivedKeyId)
        external
        view
        returns (bytes memory pubkey);

    /// @notice The public key of a token, 65 bytes, 0x04 ‖ X ‖ Y. Stays known when the token is burnt.
    function getPubkey(uint256 tokenId) external view returns (bytes memory);

    /// @notice The key id of a token, needed to derive its keys on other curves.
    function keyIdOf(uint256 tokenId) external view returns (KeyId);

    /// @notice The Ethereum address of a token's key.
    function getEthAddress(uint256 tokenId) external view returns (address);

    /// @notice The token whose key has this Ethereum address, 0 if none.
    function ethAddressToPkpId(address ethAddress) external view returns (uint256);

    /// @notice The Ethereum address of an uncompressed secp256k1 key (65 bytes). Does not check that it is on the curve.
    function deriveEthAddressFromPubkey(bytes calldata pubkey) external pure returns (address);

    /// @notice Address of the staking contract.
    function staking() external view returns (address);

    /// @notice Address of the contract whose tokens own the keys.
    function pkpNft() external view returns (address);
}
