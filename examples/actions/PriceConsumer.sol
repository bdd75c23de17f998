// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Takes a price from one program and from nobody else
/// @notice `source` is the address of the program's own key. Whoever sends the transaction does not matter.
contract PriceConsumer {
    address public immutable source;
    uint256 public round;
    uint256 public cents;

    error NotFromSource(address signer);
    error OldRound(uint256 round);

    constructor(address source_) {
        source = source_;
    }

    function submit(uint256 round_, uint256 cents_, bytes calldata signature) external {
        if (round_ <= round) revert OldRound(round_);
        bytes32 r = bytes32(signature[:32]);
        bytes32 s = bytes32(signature[32:64]);
        address signer = ecrecover(keccak256(abi.encode(round_, cents_)), uint8(signature[64]), r, s);
        if (signer == address(0) || signer != source) revert NotFromSource(signer);
        (round, cents) = (round_, cents_);
    }
}
