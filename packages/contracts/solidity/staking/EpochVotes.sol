// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";
import {RootKey} from "../interfaces/RootKeys.sol";

/// @title The votes of one epoch's members
/// @dev Bitmaps as in `IStaking`. Votes are stored per attempt, so that a new attempt makes the old ones void.
library EpochVotes {
    struct Attempt {
        uint128 keyGenerationVoters;
        uint128 retryVoters;
        uint32 leadingVotes;
        mapping(bytes32 voteHash => uint32) votesFor;
        // One bitmap for each retry vote.
        uint128[] blames;
    }

    struct Epoch {
        uint32 attempt;
        uint32 threshold;
        uint128 excluded;
        bytes32 resultHash;
        uint256 startTime;
        // In order of party index.
        address[] operators;
        // By node account; 0 is not a member.
        mapping(address nodeAddress => uint256) partyIndexOf;
        mapping(uint32 attempt => Attempt) attempts;
    }

    /// @notice t = ceil(2n/3).
    function thresholdOf(uint256 n) internal pure returns (uint32) {
        return uint32((2 * n + 2) / 3);
    }

    /// @notice Counts a vote for a result of the current attempt.
    /// @return voteHash  what was voted for
    /// @return votes     votes for exactly that, this one included
    function voteKeyGeneration(
        Epoch storage self,
        uint256 epoch,
        address nodeAddress,
        bytes32 resultHash,
        RootKey[] calldata rootKeys
    ) internal returns (bytes32 voteHash, uint32 votes) {
        uint128 voter = _bitOf(self, nodeAddress);
        Attempt storage attempt = self.attempts[self.attempt];
        if (self.excluded & voter != 0) revert IStaking.MemberIsExcluded(nodeAddress);
        if (attempt.keyGenerationVoters & voter != 0) revert IStaking.AlreadyVoted(nodeAddress);
        attempt.keyGenerationVoters |= voter;
        voteHash = keccak256(abi.encode(epoch, self.attempt, resultHash, rootKeys));
        votes = ++attempt.votesFor[voteHash];
        if (votes > attempt.leadingVotes) attempt.leadingVotes = votes;
    }

    /// @notice Counts a vote to retry the current attempt, and starts the next one when it is the t-th.
    /// @return started true if the next attempt began
    function voteRetry(Epoch storage self, address nodeAddress, uint128 blamed) internal returns (bool started) {
        uint128 voter = _bitOf(self, nodeAddress);
        if (blamed >> self.operators.length != 0) revert IStaking.InvalidBlame(blamed);
        Attempt storage attempt = self.attempts[self.attempt];
        if (attempt.retryVoters & voter != 0) revert IStaking.AlreadyVoted(nodeAddress);
        attempt.retryVoters |= voter;
        attempt.blames.push(blamed);
        if (attempt.blames.length < self.threshold) return false;
        self.excluded = _excludedNext(self, attempt.blames);
        ++self.attempt;
        return true;
    }

    /// @dev n−t+1 votes include one of a member that is not faulty when at most n−t are. If the members left over could
    ///      not reach the threshold, some blame was wrong or the fault has passed, and everybody gets another chance.
    function _excludedNext(Epoch storage self, uint128[] memory blames) private view returns (uint128 excluded) {
        uint256 n = self.operators.length;
        uint256 quorum = n - self.threshold + 1;
        excluded = self.excluded;
        uint256 remaining = n;
        for (uint256 i = 0; i < n; ++i) {
            if (_votesAgainst(blames, i) >= quorum) excluded |= uint128(1 << i);
            if (excluded >> i & 1 == 1) --remaining;
        }
        if (remaining < self.threshold) return 0;
    }

    function _votesAgainst(uint128[] memory blames, uint256 bit) private pure returns (uint256 votes) {
        for (uint256 i = 0; i < blames.length; ++i) {
            votes += blames[i] >> bit & 1;
        }
    }

    function _bitOf(Epoch storage self, address nodeAddress) private view returns (uint128) {
        uint256 partyIndex = self.partyIndexOf[nodeAddress];
        if (partyIndex == 0) revert IStaking.NotAMember(nodeAddress);
        return uint128(1 << (partyIndex - 1));
    }
}
