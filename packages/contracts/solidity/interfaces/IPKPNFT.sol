// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Enumerable.sol";

/// @title Keys as ERC-721 tokens
/// @notice Whoever owns the token owns the key: the network signs for the owner and for whom the owner permits.
/// @dev tokenId = uint256(keccak256(0x04 ‖ X ‖ Y)) of the key's secp256k1 public key. Prices in wei.
interface IPKPNFT is IERC721Enumerable {
    /// @notice A signature on secp256k1.
    struct Signature {
        bytes32 r;
        bytes32 s;
        uint8 v;
    }

    /// @notice A key was minted. `pubkey` is uncompressed, 65 bytes.
    event PKPMinted(uint256 indexed tokenId, bytes pubkey);
    /// @notice The key belongs to nobody, and the action `ipfsCID` may use it for ever, whoever runs it.
    event PKPBound(uint256 indexed tokenId, bytes ipfsCID);
    /// @notice The key `derivedKeyId`, which a program claimed for `claimer`, was minted to it.
    event KeyClaimed(uint256 indexed tokenId, bytes32 indexed derivedKeyId, address indexed claimer);
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
    /// @notice There is one realm, and one staking contract.
    error WrongNetwork(uint256 realmId, address stakingContract);
    /// @notice The signature at `position` is not one of a member of the active epoch for this key and this caller.
    error InvalidClaimSignature(uint256 position);
    /// @notice A member's word counts once: signatures are in ascending order of their members' party indices.
    error ClaimSignaturesOutOfOrder(uint256 position);
    error TooFewClaimSignatures(uint256 given, uint256 threshold);

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

    /// @notice Mints the key that a program claimed for the caller. Send exactly `mintCost()` wei.
    /// @param realmId          1
    /// @param keyType          2
    /// @param derivedKeyId     keccak256 of `<CID>_<the program's name for the key>`
    /// @param signatures       words of at least as many members of the active epoch as its threshold, in ascending order
    ///        of party indices: each over {claimHash} as an EIP-191 message of 32 bytes
    /// @param stakingContract  of this network
    function claimAndMint(
        uint256 realmId,
        uint256 keyType,
        bytes32 derivedKeyId,
        Signature[] calldata signatures,
        address stakingContract
    ) external payable returns (uint256 tokenId);

    /// @notice What members sign for a claim: keccak256 of the ABI encoding of chain id, this contract, key id and claimer.
    /// @dev With the claimer in it, whoever sees the words in a transaction that waits cannot take the key for himself.
    function claimHash(bytes32 derivedKeyId, address claimer) external view returns (bytes32);

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
