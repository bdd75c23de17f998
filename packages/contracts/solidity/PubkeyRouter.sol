// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeyDerivation} from "./derivation/KeyDerivation.sol";
import {Secp256k1} from "./derivation/Secp256k1.sol";
import {IPubkeyRouter} from "./interfaces/IPubkeyRouter.sol";
import {KeyId, RootKey} from "./interfaces/RootKeys.sol";

/// @dev Interface, events, errors and units: {IPubkeyRouter}.
contract PubkeyRouter is IPubkeyRouter {
    uint256 private constant ROOT_KEY_COUNT = 10;
    uint256 private constant SECP256K1_POSITION = 1;
    uint256 private constant UNCOMPRESSED_BYTES = 65;

    struct KeySet {
        RootKey[] rootKeys;
        // The secp256k1 root, decompressed once.
        uint256 rootX;
        uint256 rootY;
    }

    struct Key {
        KeyId keyId;
        uint256 x;
        uint256 y;
    }

    address private immutable _staking;
    address private immutable _pkpNft;
    mapping(string keySetId => KeySet) private _keySets;
    mapping(uint256 tokenId => Key) private _keys;
    mapping(address ethAddress => uint256 tokenId) private _tokenOfEthAddress;

    constructor(address staking_, address pkpNft_) {
        _staking = staking_;
        _pkpNft = pkpNft_;
    }

    function setRootKeys(string calldata keySetId, RootKey[] calldata rootKeys) external {
        if (msg.sender != _staking) revert CallerIsNotStaking(msg.sender);
        KeySet storage keySet = _keySets[keySetId];
        if (keySet.rootKeys.length != 0) revert RootKeysAlreadySet(keySetId);
        requireWellFormed(rootKeys);
        for (uint256 i = 0; i < rootKeys.length; ++i) {
            keySet.rootKeys.push(rootKeys[i]);
        }
        (keySet.rootX, keySet.rootY) = Secp256k1.decompress(rootKeys[SECP256K1_POSITION].pubkey);
        emit RootKeysSet(keySetId, rootKeys);
    }

    function registerKey(string calldata keySetId, KeyId keyId)
        external
        returns (uint256 tokenId, bytes memory pubkey)
    {
        if (msg.sender != _pkpNft) revert CallerIsNotPKPNFT(msg.sender);
        (uint256 x, uint256 y) = _derive(keySetId, keyId);
        pubkey = _uncompressed(x, y);
        tokenId = uint256(keccak256(pubkey));
        if (_keys[tokenId].y != 0) revert KeyAlreadyRegistered(tokenId);
        _keys[tokenId] = Key(keyId, x, y);
        _tokenOfEthAddress[_ethAddress(x, y)] = tokenId;
        emit KeyRegistered(tokenId, keyId, pubkey);
    }

    function getRootKeys(string calldata keySetId) external view returns (RootKey[] memory) {
        return _keySets[keySetId].rootKeys;
    }

    function hasRootKeys(string calldata keySetId) external view returns (bool) {
        return _keySets[keySetId].rootKeys.length != 0;
    }

    function getDerivedPubkey(address stakingContract, string calldata keySetId, bytes32 derivedKeyId)
        external
        view
        returns (bytes memory)
    {
        if (stakingContract != _staking) revert UnknownStaking(stakingContract);
        (uint256 x, uint256 y) = _derive(keySetId, KeyId.wrap(derivedKeyId));
        return _uncompressed(x, y);
    }

    function getPubkey(uint256 tokenId) external view returns (bytes memory) {
        Key storage key = _key(tokenId);
        return _uncompressed(key.x, key.y);
    }

    function keyIdOf(uint256 tokenId) external view returns (KeyId) {
        return _key(tokenId).keyId;
    }

    function getEthAddress(uint256 tokenId) external view returns (address) {
        Key storage key = _key(tokenId);
        return _ethAddress(key.x, key.y);
    }

    function ethAddressToPkpId(address ethAddress) external view returns (uint256) {
        return _tokenOfEthAddress[ethAddress];
    }

    function staking() external view returns (address) {
        return _staking;
    }

    function pkpNft() external view returns (address) {
        return _pkpNft;
    }

    function deriveEthAddressFromPubkey(bytes calldata pubkey) external pure returns (address) {
        if (pubkey.length != UNCOMPRESSED_BYTES || pubkey[0] != 0x04) revert InvalidPubkey();
        return address(uint160(uint256(keccak256(pubkey[1:]))));
    }

    function requireWellFormed(RootKey[] calldata rootKeys) public pure {
        uint8[ROOT_KEY_COUNT] memory lengths = [48, 33, 32, 48, 33, 49, 32, 57, 32, 32];
        if (rootKeys.length != ROOT_KEY_COUNT) revert InvalidRootKeys();
        for (uint256 i = 0; i < ROOT_KEY_COUNT; ++i) {
            // Kinds count from 1.
            if (rootKeys[i].kind != i + 1 || rootKeys[i].pubkey.length != lengths[i]) revert InvalidRootKeys();
        }
    }

    function _derive(string calldata keySetId, KeyId keyId) private view returns (uint256, uint256) {
        KeySet storage keySet = _keySets[keySetId];
        if (keySet.rootKeys.length == 0) revert RootKeysNotSet(keySetId);
        return KeyDerivation.childOf(keySet.rootX, keySet.rootY, keyId);
    }

    function _key(uint256 tokenId) private view returns (Key storage key) {
        key = _keys[tokenId];
        // No point of the curve has y = 0.
        if (key.y == 0) revert KeyNotFound(tokenId);
    }

    function _uncompressed(uint256 x, uint256 y) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x04), x, y);
    }

    function _ethAddress(uint256 x, uint256 y) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }
}
