// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Enumerable.sol";
import {IPKPNFT} from "./interfaces/IPKPNFT.sol";
import {IPubkeyRouter} from "./interfaces/IPubkeyRouter.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {KeyId} from "./interfaces/RootKeys.sol";
import {ActionCid} from "./permissions/ActionCid.sol";
import {Claims} from "./permissions/Claims.sol";

/// @dev Interface, events, errors and units: {IPKPNFT}.
contract PKPNFT is IPKPNFT, ERC721Enumerable, Ownable2Step {
    uint256 public constant KEY_TYPE_SECP256K1 = 2;

    IPubkeyRouter private immutable _router;
    uint256 private _mintCost;
    // Per minter, so that nobody else's mint changes the key, and with it the gas, of a transaction that was estimated.
    mapping(address minter => uint256 count) private _mintCounts;
    mapping(uint256 tokenId => uint256) private _ownershipGeneration;
    mapping(uint256 tokenId => bytes ipfsCID) private _boundActions;

    constructor(address owner_, address pubkeyRouter_, uint256 mintCost_)
        ERC721("Keymesh key", "PKP")
        Ownable(owner_)
    {
        _router = IPubkeyRouter(pubkeyRouter_);
        _mintCost = mintCost_;
        emit MintCostSet(mintCost_);
    }

    function mintNext(uint256 keyType, string calldata keySetId) external payable returns (uint256 tokenId) {
        return _mintNext(keyType, keySetId);
    }

    function mintGrantAndBurnNext(uint256 keyType, string calldata keySetId, bytes calldata ipfsCID)
        external
        payable
        returns (uint256 tokenId)
    {
        if (!ActionCid.isValid(ipfsCID)) revert InvalidActionCid(ipfsCID);
        tokenId = _mintNext(keyType, keySetId);
        _boundActions[tokenId] = ipfsCID;
        _burn(tokenId);
        emit PKPBound(tokenId, ipfsCID);
    }

    function claimAndMint(
        uint256 realmId,
        uint256 keyType,
        bytes32 derivedKeyId,
        Signature[] calldata signatures,
        address stakingContract
    ) external payable returns (uint256 tokenId) {
        IStaking staking = IStaking(_router.staking());
        if (stakingContract != address(staking) || realmId != staking.REALM_ID()) {
            revert WrongNetwork(realmId, stakingContract);
        }
        Claims.requireSigned(staking, claimHash(derivedKeyId, msg.sender), signatures);
        tokenId = _mintKey(keyType, staking.KEY_SET_ID(), KeyId.wrap(derivedKeyId));
        emit KeyClaimed(tokenId, derivedKeyId, msg.sender);
    }

    function burn(uint256 tokenId) external {
        if (_requireOwned(tokenId) != msg.sender) revert CallerIsNotTokenOwner(msg.sender, tokenId);
        _burn(tokenId);
    }

    function setMintCost(uint256 mintCost_) external onlyOwner {
        _mintCost = mintCost_;
        emit MintCostSet(mintCost_);
    }

    function withdrawProceeds(address payable to) external onlyOwner {
        uint256 amount = address(this).balance;
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert WithdrawalFailed();
        emit ProceedsWithdrawn(to, amount);
    }

    function mintCost() external view returns (uint256) {
        return _mintCost;
    }

    function exists(uint256 tokenId) external view returns (bool) {
        return _ownerOf(tokenId) != address(0);
    }

    function ownershipGeneration(uint256 tokenId) external view returns (uint256) {
        return _ownershipGeneration[tokenId];
    }

    function boundAction(uint256 tokenId) external view returns (bytes memory) {
        return _boundActions[tokenId];
    }

    function claimHash(bytes32 derivedKeyId, address claimer) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), derivedKeyId, claimer));
    }

    function pubkeyRouter() external view returns (address) {
        return address(_router);
    }

    /// @dev Counts changes of hands. Minting is none, burning is final, and a key that is sent to itself keeps its permissions.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0) && to != address(0) && to != _router.getEthAddress(tokenId)) {
            ++_ownershipGeneration[tokenId];
        }
    }

    function _mintNext(uint256 keyType, string calldata keySetId) private returns (uint256 tokenId) {
        bytes32 keyId = keccak256(abi.encode(block.chainid, address(this), msg.sender, _mintCounts[msg.sender]++));
        return _mintKey(keyType, keySetId, KeyId.wrap(keyId));
    }

    function _mintKey(uint256 keyType, string memory keySetId, KeyId keyId) private returns (uint256 tokenId) {
        if (keyType != KEY_TYPE_SECP256K1) revert UnsupportedKeyType(keyType);
        if (msg.value != _mintCost) revert WrongPayment(msg.value, _mintCost);
        bytes memory pubkey;
        (tokenId, pubkey) = _router.registerKey(keySetId, keyId);
        // Not _safeMint: the receiver is the caller, which asked for the token, and gets no chance to re-enter.
        _mint(msg.sender, tokenId);
        emit PKPMinted(tokenId, pubkey);
    }
}
