// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Enumerable.sol";

/// @title Keys as ERC-721 tokens
/// @notice Whoever owns the token owns the key: the network signs for the owner and for whom the owner permits.
/// @dev tokenId = uint256(keccak256(0x04 ‖ X ‖ Y)) of the key's secp256k1 public key. Prices in wei.
interface IPKPNFT is IERC721Enumerable {
    /// @notice A key was minted. `pubkey` is uncompressed, 65 bytes.
    event PKPMinted(uint256 indexed tokenId, bytes pubkey);
    /// @notice The key belongs to nobody, and the action `ipfsCID` may use it for ever, whoever runs it.
    event PKPBound(uint256 indexed tokenId, bytes ipfsCID);
    event MintCostSet(uint256 mintCost);
    event ProceedsWithdrawn(address indexed to, uint256 amount);

    /// @notice Only key type 2 (secp256k1, from which the other curves' keys follow by key id) exists.
    error UnsupportedKeyType(uint256 keyType);
    /// @notice The payment is not exactly the price.
    error WrongPayment(uint256 sent, uint256 mintCost);
    error CallerIsNotTokenOwner(address caller, uint256 tokenId);
    error WithdrawalFailed();
    /// @notice Not the 34 bytes of a CIDv0: 0x12, 0x20 and a SHA-256 hash.
    error InvalidActionCid(bytes ipfsCID);

    /// @notice Mints the next key to the caller. Send exactly `mintCost()` wei.
    /// @param keyType   2
    /// @param keySetId  a key set that has root keys
    function mintNext(uint256 keyType, string calldata keySetId) external payable returns (uint256 tokenId);

    /// @notice Mints a key, gives it to an action for ever, and burns its token, so that nobody can ever permit anything
    ///      else. Send exactly `mintCost()` wei.
    /// @param ipfsCID the 34 bytes of a CIDv0: what base58 encodes as `Qm…`
    function mintGrantAndBurnNext(uint256 keyType, string calldata keySetId, bytes calldata ipfsCID)
        external
        payable
        returns (uint256 tokenId);

    /// @notice The CID of the action that a burnt token's key belongs to; empty for all other tokens.
    function boundAction(uint256 tokenId) external view returns (bytes memory);

    /// @notice Destroys the token; the network signs with this key no more. Token owner only. Final: no key is minted twice.
    function burn(uint256 tokenId) external;

    /// @notice Sets the price of a key in wei. Contract owner only.
    function setMintCost(uint256 mintCost_) external;

    /// @notice Pays what was earned to `to`. Contract owner only.
    function withdrawProceeds(address payable to) external;

    /// @notice The price of a key in wei.
    function mintCost() external view returns (uint256);

    /// @notice True if the token was minted and not burnt.
    function exists(uint256 tokenId) external view returns (bool);

    /// @notice How often the token changed hands. What an owner permitted counts only within one number.
    /// @dev A transfer to the key's own Ethereum address is not counted: a key that owns itself is governed by the
    ///      permissions that were given before.
    function ownershipGeneration(uint256 tokenId) external view returns (uint256);

    /// @notice Address of the contract that derives the keys.
    function pubkeyRouter() external view returns (address);

    /// @notice The one key type.
    function KEY_TYPE_SECP256K1() external view returns (uint256);
}
