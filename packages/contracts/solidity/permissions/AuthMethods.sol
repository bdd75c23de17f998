// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IAuthMethods} from "../interfaces/IAuthMethods.sol";
import {Scopes} from "./Scopes.sol";

/// @dev Interface, events, errors and units: {IAuthMethods}. As all permissions they end when the token changes hands.
abstract contract AuthMethods is IAuthMethods {
    using EnumerableSet for EnumerableSet.Bytes32Set;

    uint256 public constant PERMITTED_AUTH_METHODS_MAX = 128;
    uint256 public constant AUTH_METHOD_BYTES_MAX = 1024;

    struct Logins {
        EnumerableSet.Bytes32Set hashes;
        mapping(bytes32 hash => AuthMethod) byHash;
        mapping(bytes32 hash => uint256) scopes;
    }

    mapping(uint256 tokenId => mapping(uint256 ownershipGeneration => Logins)) private _logins;

    function addPermittedAuthMethod(uint256 tokenId, AuthMethod calldata authMethod, uint256[] calldata scopes)
        external
    {
        _requireTokenOwner(tokenId);
        (uint256 authMethodType, bytes calldata id) = (authMethod.authMethodType, authMethod.id);
        if (id.length == 0 || id.length > AUTH_METHOD_BYTES_MAX) revert InvalidAuthMethod();
        if (authMethod.userPubkey.length > AUTH_METHOD_BYTES_MAX) revert InvalidAuthMethod();
        Logins storage logins = _loginsNow(tokenId);
        bytes32 hash = _hashOf(authMethodType, id);
        if (!logins.hashes.add(hash)) revert AuthMethodAlreadyPermitted(tokenId, authMethodType, id);
        if (logins.hashes.length() > PERMITTED_AUTH_METHODS_MAX) revert TooManyPermittedAuthMethods();
        logins.byHash[hash] = authMethod;
        logins.scopes[hash] = Scopes.fromList(scopes);
        emit PermittedAuthMethodAdded(tokenId, authMethodType, id, authMethod.userPubkey);
        for (uint256 i = 0; i < scopes.length; ++i) {
            emit PermittedAuthMethodScopeAdded(tokenId, authMethodType, id, scopes[i]);
        }
    }

    function removePermittedAuthMethod(uint256 tokenId, uint256 authMethodType, bytes calldata id) external {
        _requireTokenOwner(tokenId);
        Logins storage logins = _loginsNow(tokenId);
        bytes32 hash = _hashOf(authMethodType, id);
        if (!logins.hashes.remove(hash)) revert AuthMethodNotPermitted(tokenId, authMethodType, id);
        delete logins.byHash[hash];
        delete logins.scopes[hash];
        emit PermittedAuthMethodRemoved(tokenId, authMethodType, id);
    }

    function addPermittedAuthMethodScope(uint256 tokenId, uint256 authMethodType, bytes calldata id, uint256 scopeId)
        external
    {
        (Logins storage logins, bytes32 hash) = _ownLogin(tokenId, authMethodType, id);
        logins.scopes[hash] |= Scopes.bitOf(scopeId);
        emit PermittedAuthMethodScopeAdded(tokenId, authMethodType, id, scopeId);
    }

    function removePermittedAuthMethodScope(uint256 tokenId, uint256 authMethodType, bytes calldata id, uint256 scopeId)
        external
    {
        (Logins storage logins, bytes32 hash) = _ownLogin(tokenId, authMethodType, id);
        logins.scopes[hash] &= ~Scopes.bitOf(scopeId);
        emit PermittedAuthMethodScopeRemoved(tokenId, authMethodType, id, scopeId);
    }

    function isPermittedAuthMethod(uint256 tokenId, uint256 authMethodType, bytes calldata id)
        external
        view
        returns (bool)
    {
        return _exists(tokenId) && _loginsNow(tokenId).hashes.contains(_hashOf(authMethodType, id));
    }

    function getPermittedAuthMethods(uint256 tokenId) external view returns (AuthMethod[] memory authMethods) {
        if (!_exists(tokenId)) return authMethods;
        Logins storage logins = _loginsNow(tokenId);
        authMethods = new AuthMethod[](logins.hashes.length());
        for (uint256 i = 0; i < authMethods.length; ++i) {
            authMethods[i] = logins.byHash[logins.hashes.at(i)];
        }
    }

    function getPermittedAuthMethodScopes(
        uint256 tokenId,
        uint256 authMethodType,
        bytes calldata id,
        uint256 maxScopeId
    ) external view returns (bool[] memory) {
        uint256 scopes = _exists(tokenId) ? _loginsNow(tokenId).scopes[_hashOf(authMethodType, id)] : 0;
        return Scopes.toList(scopes, maxScopeId);
    }

    function _generation(uint256 tokenId) internal view virtual returns (uint256);

    function _exists(uint256 tokenId) internal view virtual returns (bool);

    function _requireTokenOwner(uint256 tokenId) internal view virtual;

    function _ownLogin(uint256 tokenId, uint256 authMethodType, bytes calldata id)
        private
        view
        returns (Logins storage logins, bytes32 hash)
    {
        _requireTokenOwner(tokenId);
        logins = _loginsNow(tokenId);
        hash = _hashOf(authMethodType, id);
        if (!logins.hashes.contains(hash)) revert AuthMethodNotPermitted(tokenId, authMethodType, id);
    }

    function _loginsNow(uint256 tokenId) private view returns (Logins storage) {
        return _logins[tokenId][_generation(tokenId)];
    }

    function _hashOf(uint256 authMethodType, bytes calldata id) private pure returns (bytes32) {
        return keccak256(abi.encode(authMethodType, id));
    }
}
