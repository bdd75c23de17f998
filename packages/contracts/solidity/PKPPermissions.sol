// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IPKPNFT} from "./interfaces/IPKPNFT.sol";
import {IPKPPermissions} from "./interfaces/IPKPPermissions.sol";
import {ActionCid} from "./permissions/ActionCid.sol";
import {AuthMethods} from "./permissions/AuthMethods.sol";
import {Scopes} from "./permissions/Scopes.sol";

/// @dev Interface, events, errors and units: {IPKPPermissions}.
contract PKPPermissions is IPKPPermissions, AuthMethods {
    using EnumerableSet for EnumerableSet.AddressSet;
    using EnumerableSet for EnumerableSet.BytesSet;

    uint256 public constant SCOPE_SIGN_ANYTHING = 1;
    uint256 public constant SCOPE_PERSONAL_SIGN = 2;
    uint256 public constant PERMITTED_ADDRESSES_MAX = 128;
    uint256 public constant PERMITTED_ACTIONS_MAX = 128;

    uint256 private constant _ALL_SIGNING_SCOPES = 1 << SCOPE_SIGN_ANYTHING | 1 << SCOPE_PERSONAL_SIGN;

    IPKPNFT private immutable _pkpNft;
    mapping(uint256 tokenId => mapping(uint256 ownershipGeneration => EnumerableSet.AddressSet)) private _permitted;
    mapping(uint256 tokenId => mapping(uint256 ownershipGeneration => EnumerableSet.BytesSet)) private _permittedActions;
    mapping(uint256 tokenId => mapping(uint256 ownershipGeneration => mapping(address user => uint256))) private
        _addressScopes;
    mapping(uint256 tokenId => mapping(uint256 ownershipGeneration => mapping(bytes ipfsCID => uint256))) private
        _actionScopes;

    constructor(address pkpNft_) {
        _pkpNft = IPKPNFT(pkpNft_);
    }

    modifier onlyTokenOwner(uint256 tokenId) {
        _requireTokenOwner(tokenId);
        _;
    }

    function addPermittedAddress(uint256 tokenId, address user, uint256[] calldata scopes)
        external
        onlyTokenOwner(tokenId)
    {
        if (user == address(0)) revert ZeroUser();
        EnumerableSet.AddressSet storage permitted = _permittedNow(tokenId);
        if (!permitted.add(user)) revert AlreadyPermitted(tokenId, user);
        _addressScopes[tokenId][_generation(tokenId)][user] = _signingScopes(scopes);
        if (permitted.length() > PERMITTED_ADDRESSES_MAX) revert TooManyPermittedAddresses();
        emit PermittedAddressAdded(tokenId, user, scopes);
    }

    function removePermittedAddress(uint256 tokenId, address user) external onlyTokenOwner(tokenId) {
        if (!_permittedNow(tokenId).remove(user)) revert NotPermitted(tokenId, user);
        delete _addressScopes[tokenId][_generation(tokenId)][user];
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
        if (!ActionCid.isValid(ipfsCID)) revert InvalidCid(ipfsCID);
        EnumerableSet.BytesSet storage permitted = _permittedActionsNow(tokenId);
        if (!permitted.add(ipfsCID)) revert ActionAlreadyPermitted(tokenId, ipfsCID);
        _actionScopes[tokenId][_generation(tokenId)][ipfsCID] = _signingScopes(scopes);
        if (permitted.length() > PERMITTED_ACTIONS_MAX) revert TooManyPermittedActions();
        emit PermittedActionAdded(tokenId, ipfsCID, scopes);
    }

    function removePermittedAction(uint256 tokenId, bytes calldata ipfsCID) external onlyTokenOwner(tokenId) {
        if (!_permittedActionsNow(tokenId).remove(ipfsCID)) revert ActionNotPermitted(tokenId, ipfsCID);
        delete _actionScopes[tokenId][_generation(tokenId)][ipfsCID];
        emit PermittedActionRemoved(tokenId, ipfsCID);
    }

    function isPermittedAction(uint256 tokenId, bytes calldata ipfsCID) external view returns (bool) {
        return _scopesOfAction(tokenId, ipfsCID) != 0;
    }

    function getPermittedActions(uint256 tokenId) external view returns (bytes[] memory actions) {
        bytes memory bound = _pkpNft.boundAction(tokenId);
        if (bound.length != 0) {
            actions = new bytes[](1);
            actions[0] = bound;
        } else if (_pkpNft.exists(tokenId)) {
            actions = _permittedActionsNow(tokenId).values();
        }
    }

    function getPermittedAddressScopes(uint256 tokenId, address user, uint256 maxScopeId)
        external
        view
        returns (bool[] memory)
    {
        uint256 scopes;
        if (_pkpNft.exists(tokenId)) {
            scopes = _pkpNft.ownerOf(tokenId) == user
                ? _ALL_SIGNING_SCOPES
                : _addressScopes[tokenId][_generation(tokenId)][user];
        }
        return Scopes.toList(scopes, maxScopeId);
    }

    function getPermittedActionScopes(uint256 tokenId, bytes calldata ipfsCID, uint256 maxScopeId)
        external
        view
        returns (bool[] memory)
    {
        return Scopes.toList(_scopesOfAction(tokenId, ipfsCID), maxScopeId);
    }

    function pkpNft() external view returns (address) {
        return address(_pkpNft);
    }

    function _scopesOfAction(uint256 tokenId, bytes calldata ipfsCID) private view returns (uint256) {
        if (_pkpNft.exists(tokenId)) return _actionScopes[tokenId][_generation(tokenId)][ipfsCID];
        bytes memory bound = _pkpNft.boundAction(tokenId);
        return bound.length != 0 && keccak256(bound) == keccak256(ipfsCID) ? _ALL_SIGNING_SCOPES : 0;
    }

    function _permittedActionsNow(uint256 tokenId) private view returns (EnumerableSet.BytesSet storage) {
        return _permittedActions[tokenId][_generation(tokenId)];
    }

    function _permittedNow(uint256 tokenId) private view returns (EnumerableSet.AddressSet storage) {
        return _permitted[tokenId][_generation(tokenId)];
    }

    function _generation(uint256 tokenId) internal view override returns (uint256) {
        return _pkpNft.ownershipGeneration(tokenId);
    }

    function _exists(uint256 tokenId) internal view override returns (bool) {
        return _pkpNft.exists(tokenId);
    }

    function _requireTokenOwner(uint256 tokenId) internal view override {
        if (!_pkpNft.exists(tokenId) || _pkpNft.ownerOf(tokenId) != msg.sender) {
            revert CallerIsNotTokenOwner(msg.sender, tokenId);
        }
    }

    function _signingScopes(uint256[] calldata scopes) private pure returns (uint256 bits) {
        if (scopes.length == 0) revert NoScopes();
        bits = Scopes.fromList(scopes);
        for (uint256 i = 0; i < scopes.length; ++i) {
            if (1 << scopes[i] & _ALL_SIGNING_SCOPES == 0) revert UnsupportedScope(scopes[i]);
        }
    }
}
