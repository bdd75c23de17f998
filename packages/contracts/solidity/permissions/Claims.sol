// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IPKPNFT} from "../interfaces/IPKPNFT.sol";
import {IStaking} from "../interfaces/IStaking.sol";

/// @dev Words of the network's members for a key that a program claims.
library Claims {
    /// @dev Reverts unless enough different members of the active epoch signed `hash`, all who are given did, and they are
    ///      in ascending order of their party indices.
    function requireSigned(IStaking staking, bytes32 hash, IPKPNFT.Signature[] calldata signatures) internal view {
        bytes32 message = MessageHashUtils.toEthSignedMessageHash(hash);
        address[] memory signers = new address[](signatures.length);
        for (uint256 i = 0; i < signatures.length; ++i) {
            // The zero address for a signature that is none: it is no member.
            (signers[i],,) = ECDSA.tryRecover(message, signatures[i].v, signatures[i].r, signatures[i].s);
        }
        (uint256[] memory partyIndices, uint256 threshold) = staking.activeParties(signers);
        uint256 last = 0;
        for (uint256 i = 0; i < partyIndices.length; ++i) {
            if (partyIndices[i] == 0) revert IPKPNFT.InvalidClaimSignature(i);
            if (partyIndices[i] <= last) revert IPKPNFT.ClaimSignaturesOutOfOrder(i);
            last = partyIndices[i];
        }
        // Before the first epoch the threshold is zero, and there are no root keys either.
        if (partyIndices.length < threshold || threshold == 0) {
            revert IPKPNFT.TooFewClaimSignatures(partyIndices.length, threshold);
        }
    }
}
