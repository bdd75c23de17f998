// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAuthMethods} from "./IAuthMethods.sol";

/// @title Who may use a key
/// @notice The owner of a token may use its key, and so may the addresses and the actions that the owner permits. An
///      action is a program, named by the CID of its text: what it signs, it signs for whoever runs it.
/// @dev Differs from the reference network on purpose: what an owner permitted ends when the token changes hands, so that a
///      seller keeps no access (see `IPKPNFT.ownershipGeneration`). Nobody may use a token that is burnt or was never
///      minted, but the one action that it was bound to when it was minted (see `IPKPNFT.mintGrantAndBurnNext`).
interface IPKPPermissions is IAuthMethods {
    /// @notice `user` may use the key of `tokenId`.
    event PermittedAddressAdded(uint256 indexed tokenId, address indexed user, uint256[] scopes);
    /// @notice `user` may not use the key of `tokenId` any more.
    event PermittedAddressRemoved(uint256 indexed tokenId, address indexed user);
    /// @notice The action `ipfsCID` may use the key of `tokenId`, whoever runs it.
    event PermittedActionAdded(uint256 indexed tokenId, bytes ipfsCID, uint256[] scopes);
    /// @notice The action `ipfsCID` may not use the key of `tokenId` any more.
    event PermittedActionRemoved(uint256 indexed tokenId, bytes ipfsCID);

    error ZeroUser();
    error AlreadyPermitted(uint256 tokenId, address user);
    error NotPermitted(uint256 tokenId, address user);
    error TooManyPermittedAddresses();
    /// @notice Not the 34 bytes of a CIDv0: 0x12, 0x20 and a SHA-256 hash.
    error InvalidCid(bytes ipfsCID);
    error ActionAlreadyPermitted(uint256 tokenId, bytes ipfsCID);
    error ActionNotPermitted(uint256 tokenId, bytes ipfsCID);
    error TooManyPermittedActions();
    /// @notice No scope was given, so the permission would permit nothing.
    error NoScopes();
    /// @notice The network knows no such scope of signing, so granting it would grant something else than it says.
    error UnsupportedScope(uint256 scope);

    /// @notice Permits `user`. Token owner only.
    /// @param scopes  one or more, each `SCOPE_SIGN_ANYTHING` or `SCOPE_PERSONAL_SIGN`
    function addPermittedAddress(uint256 tokenId, address user, uint256[] calldata scopes) external;

    /// @notice Withdraws the permission of `user`. Token owner only.
    function removePermittedAddress(uint256 tokenId, address user) external;

    /// @notice True if `user` owns the token or is permitted by the owner.
    function isPermittedAddress(uint256 tokenId, address user) external view returns (bool);

    /// @notice The owner, then the permitted addresses in no particular order. Empty if the token does not exist.
    function getPermittedAddresses(uint256 tokenId) external view returns (address[] memory);

    /// @notice Permits an action. Token owner only.
    /// @param ipfsCID the 34 bytes of a CIDv0: what base58 encodes as `Qm…`
    /// @param scopes  one or more, each `SCOPE_SIGN_ANYTHING` or `SCOPE_PERSONAL_SIGN`
    function addPermittedAction(uint256 tokenId, bytes calldata ipfsCID, uint256[] calldata scopes) external;

    /// @notice Withdraws the permission of an action. Token owner only.
    function removePermittedAction(uint256 tokenId, bytes calldata ipfsCID) external;

    /// @notice True if the owner of the token permits the action.
    function isPermittedAction(uint256 tokenId, bytes calldata ipfsCID) external view returns (bool);

    /// @notice The permitted actions in no particular order; of a burnt token the one that it is bound to, if any.
    function getPermittedActions(uint256 tokenId) external view returns (bytes[] memory);

    /// @notice What `user` may do with the key: one flag for each scope from 0 to `maxScopeId` - 1. An owner may do all.
    function getPermittedAddressScopes(uint256 tokenId, address user, uint256 maxScopeId)
        external
        view
        returns (bool[] memory);

    /// @notice What an action may do with the key: one flag for each scope from 0 to `maxScopeId` - 1.
    function getPermittedActionScopes(uint256 tokenId, bytes calldata ipfsCID, uint256 maxScopeId)
        external
        view
        returns (bool[] memory);

    /// @notice Address of the contract that says who owns a token.
    function pkpNft() external view returns (address);

    /// @notice May sign anything. The number is the reference network's.
    function SCOPE_SIGN_ANYTHING() external view returns (uint256);

    /// @notice May sign texts as wallets sign them (EIP-191) and nothing else: no transaction can be made of one. The
    ///      number is the reference network's.
    function SCOPE_PERSONAL_SIGN() external view returns (uint256);

    /// @notice Most addresses one owner may permit for one token.
    function PERMITTED_ADDRESSES_MAX() external view returns (uint256);

    /// @notice Most actions one owner may permit for one token.
    function PERMITTED_ACTIONS_MAX() external view returns (uint256);
}
