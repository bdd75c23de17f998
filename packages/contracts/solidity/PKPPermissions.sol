// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IPKPNFT} from "./interfaces/IPKPNFT.sol";
import {IPKPPermissions} from "./interfaces/IPKPPermissions.sol";

/// @dev Interface, events, errors and units: {IPKPPermissions}.
contract PKPPermissions is IPKPPermissions {
    using EnumerableSet for EnumerableSet.AddressSet;
    using EnumerableSet for EnumerableSet.BytesSet;

    uint256 public constant SCOPE_SIGN_ANYTHING = 1;
    uint256 public constant PERMITTED_ADDRESSES_MAX = 128;
    uint256 public constant PERMITTED_ACTIONS_MAX = 128;

    /// @dev A multihash: function SHA-256, length 32.
    bytes2 private constant _SHA256_PREFIX = 0x1220;
    uint256 private constant _CID_BYTES = 34;

    IPKPNFT private immutable _pkpNft;
    mapping(uint256 tokenId => mapping(uint256 ownershipGeneration => EnumerableSet.AddressSet)) private _permitted;
    mapping(uint256 tokenId => mapping(uint256 ownershipGeneration => EnumerableSet.BytesSet)) private _permittedActions;

    constructor(address pkpNft_) {
        _pkpNft = IPKPNFT(pkpNft_);
    }

    modifier onlyTokenOwner(uint256 tokenId) {
        if (!_pkpNft.exists(tokenId) || _pkpNft.ownerOf(tokenId) != msg.sender) {
            revert CallerIsNotTokenOwner(msg.sender, tokenId);
        }
        _;
    }

    function addPermittedAddress(uint256 tokenId, address user, uint256[] calldata scopes)
        external
        onlyTokenOwner(tokenId)
    {
        if (user == address(0)) revert ZeroUser();
        _checkScopes(scopes);
        EnumerableSet.AddressSet storage permitted = _permittedNow(tokenId);
        if (!permitted.add(user)) revert AlreadyPermitted(tokenId, user);
        if (permitted.length() > PERMITTED_ADDRESSES_MAX) revert TooManyPermittedAddresses();
        emit PermittedAddressAdded(tokenId, user, scopes);
    }

    function removePermittedAddress(uint256 tokenId, address user) external onlyTokenOwner(tokenId) {
        if (!_permittedNow(tokenId).remove(user)) revert NotPermitted(tokenId, user);
        emit PermittedAddressRemoved(tokenId, user);
    }

    function isPermittedAddress(uint256 tokenId, address user) external view returns (bool) {
        if (!_pkpNft.exists(tokenId)) return false;
        return _pkpNft.ownerOf(tokenId) == user || _permittedNow(tokenId).contains(user);
    }

    function getPermittedAddresses(uint256 tokenId) external view returns (address[] memory addresses) {
        if (!_pkpNft.exists(tokenId)) return addresses;
        address owner = _pkpNft.ownerOf(tokenId);
        address[] memory users = _permittedNow(tokenId).values();
        // An owner may have listed itself; it still appears once.
        bool ownerIsListed = _permittedNow(tokenId).contains(owner);
        addresses = new address[](users.length + (ownerIsListed ? 0 : 1));
        addresses[0] = owner;
        uint256 next = 1;
        for (uint256 i = 0; i < users.length; ++i) {
            if (users[i] != owner) addresses[next++] = users[i];
        }
    }

    function addPermittedAction(uint256 tokenId, bytes calldata ipfsCID, uint256[] calldata scopes)
        external
        onlyTokenOwner(tokenId)
    {
        if (ipfsCID.length != _CID_BYTES || bytes2(ipfsCID[:2]) != _SHA256_PREFIX) revert InvalidCid(ipfsCID);
        _checkScopes(scopes);
        EnumerableSet.BytesSet storage permitted = _permittedActionsNow(tokenId);
        if (!permitted.add(ipfsCID)) revert ActionAlreadyPermitted(tokenId, ipfsCID);
        if (permitted.length() > PERMITTED_ACTIONS_MAX) revert TooManyPermittedActions();
        emit PermittedActionAdded(tokenId, ipfsCID, scopes);
    }

    function removePermittedAction(uint256 tokenId, bytes calldata ipfsCID) external onlyTokenOwner(tokenId) {
        if (!_permittedActionsNow(tokenId).remove(ipfsCID)) revert ActionNotPermitted(tokenId, ipfsCID);
        emit PermittedActionRemoved(tokenId, ipfsCID);
    }

    function isPermittedAction(uint256 tokenId, bytes calldata ipfsCID) external view returns (bool) {
        return _pkpNft.exists(tokenId) && _permittedActionsNow(tokenId).contains(ipfsCID);
    }

    function getPermittedActions(uint256 tokenId) external view returns (bytes[] memory actions) {
        if (!_pkpNft.exists(tokenId)) return actions;
        return _permittedActionsNow(tokenId).values();
    }

    function pkpNft() external view returns (address) {
        return address(_pkpNft);
    }

    function _checkScopes(uint256[] calldata scopes) private pure {
        if (scopes.length == 0) revert NoScopes();
        for (uint256 i = 0; i < scopes.length; ++i) {
            if (scopes[i] != SCOPE_SIGN_ANYTHING) revert UnsupportedScope(scopes[i]);
        }
    }

    function _permittedActionsNow(uint256 tokenId) private view returns (EnumerableSet.BytesSet storage) {
        return _permittedActions[tokenId][_pkpNft.ownershipGeneration(tokenId)];
    }

    function _permittedNow(uint256 tokenId) private view returns (EnumerableSet.AddressSet storage) {
        return _permitted[tokenId][_pkpNft.ownershipGeneration(tokenId)];
    }
}
