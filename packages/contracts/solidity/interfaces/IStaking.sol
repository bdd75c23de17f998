// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RootKey} from "./RootKeys.sol";

/// @title Operators, validator sets and epochs
/// @notice Operators stake the network token and enter the next validator set. A set is locked, its members generate
///         the root keys off chain and vote on the result, and then the epoch begins. docs/spec/network.md §3.
/// @dev Units: token amounts in the token's smallest unit; times in seconds.
///      Bitmaps: bit i−1 stands for party index i; party indices are 1 … n, the position in the locked set.
///      Votes come from the node's account (`nodeAddress`), stake and membership from the operator's account.
interface IStaking {
    /// @dev The numbers are part of the interface (`StateChanged`). `Paused` and `Restore` are reserved.
    enum State {
        Active,
        NextValidatorSetLocked,
        ReadyForNextEpoch,
        Unlocked,
        Paused,
        Restore
    }

    /// @param ip               IPv4 address as a number, 0 if none
    /// @param ipv6             IPv6 address as a number, 0 if none
    /// @param port             TCP port of the client API
    /// @param nodeAddress      account of the node; it votes
    /// @param reward           reward that can be claimed; there are no rewards yet, so 0
    /// @param senderPubKey     mesh identity: Ed25519 public key, 32 bytes as a big-endian number
    /// @param receiverPubKey   sealing key: X25519 public key, 32 bytes as a big-endian number
    /// @param operatorAddress  account that staked
    /// @param endpoint         URL of the client API
    /// @param meshEndpoint     address of the mesh listener, host:port
    struct Validator {
        uint32 ip;
        uint128 ipv6;
        uint32 port;
        address nodeAddress;
        uint256 reward;
        uint256 senderPubKey;
        uint256 receiverPubKey;
        address operatorAddress;
        string endpoint;
        string meshEndpoint;
    }

    /// @param epochLength  shortest length of an epoch, seconds
    /// @param number       number of the active epoch, 0 before the first
    /// @param startTime    Unix time (seconds) at which it began, 0 before the first
    /// @param endTime      Unix time (seconds) at which it may end, 0 before the first
    /// @param retries      retries its key generation took
    /// @param timeout      time that members should allow for one attempt of key generation, seconds
    struct EpochInfo {
        uint256 epochLength;
        uint256 number;
        uint256 startTime;
        uint256 endTime;
        uint256 retries;
        uint256 timeout;
    }

    /// @notice Everything a node needs to know about one epoch, at one block.
    /// @param number               epoch number; 0 means there is no such epoch, and all else but `state` is empty
    /// @param state                state of the contract
    /// @param attempt              attempt of key generation, from 0
    /// @param excluded             bitmap of members that do not take part in this attempt
    /// @param threshold            t = ceil(2n/3)
    /// @param members              in order of party index
    /// @param keyGenerationVoters  bitmap of members that voted a result in this attempt
    /// @param leadingVotes         votes for the result that has most of them in this attempt
    /// @param retryVoters          bitmap of members that voted to retry in this attempt
    /// @param resultHash           the agreed result, 0 until t members agree
    struct EpochView {
        uint256 number;
        State state;
        uint32 attempt;
        uint128 excluded;
        uint32 threshold;
        Validator[] members;
        uint128 keyGenerationVoters;
        uint32 leadingVotes;
        uint128 retryVoters;
        bytes32 resultHash;
    }

    /// @param minimumStake           least stake of an operator
    /// @param minimumValidatorCount  least members of a set; at least `VALIDATORS_MIN`
    /// @param epochLength            seconds
    /// @param keyGenerationTimeout   seconds; advice to nodes, not enforced here
    struct Parameters {
        uint256 minimumStake;
        uint32 minimumValidatorCount;
        uint256 epochLength;
        uint256 keyGenerationTimeout;
    }

    /// @notice The contract entered `newState` (a number of `State`).
    event StateChanged(uint8 newState);
    /// @notice The operator is in the next validator set.
    event ValidatorJoined(address indexed operator, address indexed nodeAddress, uint256 stake);
    /// @notice The operator is no longer in the next validator set.
    event ValidatorLeft(address indexed operator);
    /// @notice The operator's registration is gone and its stake was paid back.
    event StakeWithdrawn(address indexed operator, uint256 amount);
    /// @notice A set was locked; `nodeAddresses` is in order of party index.
    event ValidatorSetLocked(uint256 indexed epoch, uint32 threshold, address[] nodeAddresses);
    /// @notice An attempt of key generation began. `excluded` is a bitmap.
    event AttemptStarted(uint256 indexed epoch, uint32 indexed attempt, uint128 excluded);
    /// @notice A member voted a result. `voteHash` covers epoch, attempt, result hash and root keys; `votes` counts equal votes.
    event KeyGenerationVoted(
        uint256 indexed epoch, uint32 indexed attempt, address indexed nodeAddress, bytes32 voteHash, uint256 votes
    );
    /// @notice t members agree; the root keys are stored.
    event KeyGenerationAgreed(uint256 indexed epoch, uint32 indexed attempt, bytes32 resultHash);
    /// @notice A member voted to retry. `blamed` is a bitmap.
    event RetryVoted(uint256 indexed epoch, uint32 indexed attempt, address indexed nodeAddress, uint128 blamed);
    /// @notice The epoch is active.
    event EpochAdvanced(uint256 indexed epoch);

    error StakeTooLow(uint256 amount, uint256 minimumStake);
    error AlreadyStaked(address operator);
    error NotStaked(address operator);
    error NodeAddressTaken(address nodeAddress);
    error SenderPubKeyTaken(uint256 senderPubKey);
    error ReceiverPubKeyTaken(uint256 receiverPubKey);
    /// @notice The node address or one of its keys is zero.
    error ZeroIdentity();
    /// @notice An endpoint is empty or longer than `ENDPOINT_BYTES_MAX`.
    error InvalidEndpoint(uint256 lengthBytes);
    error TooManyValidators();
    error AlreadyInNextValidatorSet(address operator);
    error NotInNextValidatorSet(address operator);
    /// @notice The operator is in the next validator set: request to leave first.
    error StillInNextValidatorSet(address operator);
    /// @notice The operator is a member of the locked or active epoch; its stake stays until that is over.
    error StakeIsLocked(address operator);
    error NotEnoughValidators(uint256 count, uint256 minimumValidatorCount);
    /// @notice The call is not allowed in this state.
    error WrongState(State state);
    /// @notice Root keys exist, and handing them to another set is not built yet.
    error ResharingNotAvailable();
    error WrongEpoch(uint256 given, uint256 expected);
    error WrongAttempt(uint32 given, uint32 expected);
    error NotAMember(address nodeAddress);
    error MemberIsExcluded(address nodeAddress);
    error AlreadyVoted(address nodeAddress);
    /// @notice The bitmap blames a party that is not in the set.
    error InvalidBlame(uint128 blamed);
    error ZeroResultHash();
    /// @notice There is only `REALM_ID`.
    error UnknownRealm(uint256 realmId);
    error InvalidParameters();

    /// @notice Stakes `amount` (approve it first) and enters the next validator set, at its end.
    /// @dev The registration cannot be changed, only withdrawn, so a locked set needs no copy of it. Nothing here proves
    ///      possession of the two public keys; the mesh does, on every connection.
    function stakeAndJoin(
        uint32 ip,
        uint128 ipv6,
        uint32 port,
        address nodeAddress,
        uint256 senderPubKey,
        uint256 receiverPubKey,
        string calldata endpoint,
        string calldata meshEndpoint,
        uint256 amount
    ) external;

    /// @notice Enters the next validator set again, after a request to leave, with the existing stake and registration.
    function requestToJoin() external;

    /// @notice Leaves the next validator set. Membership in the locked or active epoch is not touched.
    function requestToLeave() external;

    /// @notice Pays the stake back and forgets the registration. Only outside of the next, locked and active sets.
    function withdrawStake() external;

    /// @notice Locks the next validator set in order of joining. Anyone may call it in the state `Unlocked`.
    function lockValidatorsForNextEpoch() external;

    /// @notice Votes the result of key generation. Once per member and attempt; excluded members may not vote.
    /// @param epoch       number of the locked epoch
    /// @param attempt     its current attempt
    /// @param resultHash  hash of the result, not 0
    /// @param rootKeys    kinds 1 to 10 in this order
    /// @dev t votes that are equal in all arguments store the root keys.
    function voteKeyGeneration(uint256 epoch, uint32 attempt, bytes32 resultHash, RootKey[] calldata rootKeys) external;

    /// @notice Votes to give up an attempt. Once per member and attempt; excluded members may vote.
    /// @param blamed  bitmap of the members that the voter blames
    /// @dev The t-th vote starts the next attempt. Members that n−t+1 or more of those t votes blame are excluded from
    ///      it; if fewer than t members would remain, nobody is excluded any more.
    function voteRetry(uint256 epoch, uint32 attempt, uint128 blamed) external;

    /// @notice Begins the epoch whose keys are agreed. Anyone may call it in the state `ReadyForNextEpoch`.
    function advanceEpoch() external;

    /// @notice The epoch that is locked and not active yet.
    function lockedEpoch() external view returns (EpochView memory);

    /// @notice The active epoch.
    function activeEpoch() external view returns (EpochView memory);

    /// @notice Party indices in the active epoch of nodes by their accounts, 0 for who is no member; and the epoch's threshold.
    function activeParties(address[] calldata nodeAddresses)
        external
        view
        returns (uint256[] memory partyIndices, uint256 threshold);

    /// @notice The validators that the next lock would take, in order of joining.
    function nextValidators() external view returns (Validator[] memory);

    /// @notice The active epoch as existing SDKs ask for it.
    /// @param realmId  `REALM_ID`
    /// @return epochInfo     the active epoch
    /// @return minNodeCount  its threshold; before the first epoch the threshold of the smallest set
    /// @return validators    its members in order of party index; empty before the first epoch
    function getActiveUnkickedValidatorStructsAndCounts(uint256 realmId)
        external
        view
        returns (EpochInfo memory epochInfo, uint256 minNodeCount, Validator[] memory validators);

    function state() external view returns (State);

    /// @notice The stake of `operator`, 0 if it has none.
    function stakeOf(address operator) external view returns (uint256);

    function parameters() external view returns (Parameters memory);

    /// @notice Address of the token that is staked.
    function token() external view returns (address);

    /// @notice Address of the contract that holds the root keys.
    function pubkeyRouter() external view returns (address);

    /// @notice The key set that the members generate.
    function KEY_SET_ID() external view returns (string memory);

    function REALM_ID() external view returns (uint256);

    function VALIDATORS_MIN() external view returns (uint256);

    function VALIDATORS_MAX() external view returns (uint256);

    function ENDPOINT_BYTES_MAX() external view returns (uint256);
}
