// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Logins that belong to a key
/// @notice Names a key's owner by logins: a login has a type (the reference network's numbers) and an id within it. What a
///      login may do is for programs to decide, which read it here; the network itself signs for addresses and actions.
interface IAuthMethods {
    /// @param authMethodType  the kind of login; for an app's own kind the hash of its name
    /// @param id              the person, as the kind of login names it: most often a hash of 32 bytes
    /// @param userPubkey      the login's public key, where it has one (WebAuthn); else empty
    struct AuthMethod {
        uint256 authMethodType;
        bytes id;
        bytes userPubkey;
    }

    event PermittedAuthMethodAdded(uint256 indexed tokenId, uint256 authMethodType, bytes id, bytes userPubkey);
    event PermittedAuthMethodRemoved(uint256 indexed tokenId, uint256 authMethodType, bytes id);
    event PermittedAuthMethodScopeAdded(uint256 indexed tokenId, uint256 authMethodType, bytes id, uint256 scopeId);
    event PermittedAuthMethodScopeRemoved(uint256 indexed tokenId, uint256 authMethodType, bytes id, uint256 scopeId);

    error CallerIsNotTokenOwner(address caller, uint256 tokenId);
    error AuthMethodAlreadyPermitted(uint256 tokenId, uint256 authMethodType, bytes id);
    error AuthMethodNotPermitted(uint256 tokenId, uint256 authMethodType, bytes id);
    error TooManyPermittedAuthMethods();
    /// @notice An id has 1 to `AUTH_METHOD_BYTES_MAX` bytes, and a public key at most as many.
    error InvalidAuthMethod();

    /// @notice Adds a login. Token owner only.
    /// @param scopes numbers below 256; none is a login that only says who somebody is
    function addPermittedAuthMethod(uint256 tokenId, AuthMethod calldata authMethod, uint256[] calldata scopes) external;

    /// @notice Removes a login with all its scopes. Token owner only.
    function removePermittedAuthMethod(uint256 tokenId, uint256 authMethodType, bytes calldata id) external;

    /// @notice Gives a login one scope more. Token owner only.
    function addPermittedAuthMethodScope(uint256 tokenId, uint256 authMethodType, bytes calldata id, uint256 scopeId)
        external;

    /// @notice Takes one scope from a login. Token owner only.
    function removePermittedAuthMethodScope(uint256 tokenId, uint256 authMethodType, bytes calldata id, uint256 scopeId)
        external;

    /// @notice True if the login belongs to the key, whatever its scopes.
    function isPermittedAuthMethod(uint256 tokenId, uint256 authMethodType, bytes calldata id)
        external
        view
        returns (bool);

    /// @notice The logins in no particular order. Empty if the token does not exist.
    function getPermittedAuthMethods(uint256 tokenId) external view returns (AuthMethod[] memory);

    /// @notice One flag for each scope from 0 to `maxScopeId` - 1.
    function getPermittedAuthMethodScopes(
        uint256 tokenId,
        uint256 authMethodType,
        bytes calldata id,
        uint256 maxScopeId
    ) external view returns (bool[] memory);

    /// @notice Most logins one owner may add to one token.
    function PERMITTED_AUTH_METHODS_MAX() external view returns (uint256);

    /// @notice Most bytes of an id, and of a public key.
    function AUTH_METHOD_BYTES_MAX() external view returns (uint256);
}
