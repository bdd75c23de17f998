// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IPubkeyRouter} from "./interfaces/IPubkeyRouter.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {RootKey} from "./interfaces/RootKeys.sol";
import {EpochVotes} from "./staking/EpochVotes.sol";
import {ValidatorRegistry} from "./staking/ValidatorRegistry.sol";

/// @dev Interface, events, errors and units: {IStaking}.
contract Staking is IStaking {
    using EpochVotes for EpochVotes.Epoch;
    using SafeERC20 for IERC20;
    using ValidatorRegistry for ValidatorRegistry.Registry;

    string public constant KEY_SET_ID = "keymesh-keyset1";
    uint256 public constant REALM_ID = 1;
    uint256 public constant VALIDATORS_MIN = 3;
    uint256 public constant VALIDATORS_MAX = ValidatorRegistry.VALIDATORS_MAX;
    uint256 public constant ENDPOINT_BYTES_MAX = ValidatorRegistry.ENDPOINT_BYTES_MAX;

    IERC20 private immutable _token;
    IPubkeyRouter private immutable _router;
    Parameters private _parameters;
    State private _state = State.Unlocked;
    // Number of the active epoch, 0 before the first. The locked epoch is the next number.
    uint256 private _epochNumber;
    mapping(uint256 number => EpochVotes.Epoch) private _epochs;
    ValidatorRegistry.Registry private _registry;

    constructor(address token_, address pubkeyRouter_, Parameters memory parameters_) {
        if (parameters_.minimumValidatorCount < VALIDATORS_MIN || parameters_.minimumValidatorCount > VALIDATORS_MAX) {
            revert InvalidParameters();
        }
        _token = IERC20(token_);
        _router = IPubkeyRouter(pubkeyRouter_);
        _parameters = parameters_;
        emit StateChanged(uint8(State.Unlocked));
    }

    modifier inState(State required) {
        if (_state != required) revert WrongState(_state);
        _;
    }

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
    ) external {
        if (amount < _parameters.minimumStake) revert StakeTooLow(amount, _parameters.minimumStake);
        _registry.register(
            msg.sender,
            ValidatorRegistry.Registration({
                ip: ip,
                ipv6: ipv6,
                port: port,
                nodeAddress: nodeAddress,
                inNextSet: false,
                senderPubKey: senderPubKey,
                receiverPubKey: receiverPubKey,
                stake: amount,
                endpoint: endpoint,
                meshEndpoint: meshEndpoint
            })
        );
        _join(msg.sender);
        _token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function requestToJoin() external {
        _join(msg.sender);
    }

    function requestToLeave() external {
        _registry.leaveNextSet(msg.sender);
        emit ValidatorLeft(msg.sender);
    }

    function withdrawStake() external {
        address nodeAddress = _registry.registrations[msg.sender].nodeAddress;
        bool isMember = _epochs[_epochNumber].partyIndexOf[nodeAddress] != 0
            || _epochs[_epochNumber + 1].partyIndexOf[nodeAddress] != 0;
        if (isMember) revert StakeIsLocked(msg.sender);
        uint256 amount = _registry.remove(msg.sender);
        emit StakeWithdrawn(msg.sender, amount);
        _token.safeTransfer(msg.sender, amount);
    }

    function lockValidatorsForNextEpoch() external {
        if (_state != State.Unlocked && _state != State.Active) revert WrongState(_state);
        if (_router.hasRootKeys(KEY_SET_ID)) revert ResharingNotAvailable();
        address[] memory operators = _registry.nextSet;
        if (operators.length < _parameters.minimumValidatorCount) {
            revert NotEnoughValidators(operators.length, _parameters.minimumValidatorCount);
        }
        uint256 number = _epochNumber + 1;
        EpochVotes.Epoch storage epoch = _epochs[number];
        address[] memory nodeAddresses = new address[](operators.length);
        for (uint256 i = 0; i < operators.length; ++i) {
            nodeAddresses[i] = _registry.registrations[operators[i]].nodeAddress;
            epoch.partyIndexOf[nodeAddresses[i]] = i + 1;
        }
        epoch.operators = operators;
        epoch.threshold = EpochVotes.thresholdOf(operators.length);
        _setState(State.NextValidatorSetLocked);
        emit ValidatorSetLocked(number, epoch.threshold, nodeAddresses);
        emit AttemptStarted(number, 0, 0);
    }

    function voteKeyGeneration(uint256 epoch, uint32 attempt, bytes32 resultHash, RootKey[] calldata rootKeys)
        external
        inState(State.NextValidatorSetLocked)
    {
        EpochVotes.Epoch storage locked = _requireCurrent(epoch, attempt);
        if (resultHash == 0) revert ZeroResultHash();
        _router.requireWellFormed(rootKeys);
        (bytes32 voteHash, uint32 votes) = locked.voteKeyGeneration(epoch, msg.sender, resultHash, rootKeys);
        emit KeyGenerationVoted(epoch, attempt, msg.sender, voteHash, votes);
        if (votes < locked.threshold) return;
        locked.resultHash = resultHash;
        emit KeyGenerationAgreed(epoch, attempt, resultHash);
        _setState(State.ReadyForNextEpoch);
        _router.setRootKeys(KEY_SET_ID, rootKeys);
    }

    function voteRetry(uint256 epoch, uint32 attempt, uint128 blamed)
        external
        inState(State.NextValidatorSetLocked)
    {
        EpochVotes.Epoch storage locked = _requireCurrent(epoch, attempt);
        bool started = locked.voteRetry(msg.sender, blamed);
        emit RetryVoted(epoch, attempt, msg.sender, blamed);
        if (started) emit AttemptStarted(epoch, locked.attempt, locked.excluded);
    }

    function advanceEpoch() external inState(State.ReadyForNextEpoch) {
        uint256 number = ++_epochNumber;
        _epochs[number].startTime = block.timestamp;
        _setState(State.Active);
        emit EpochAdvanced(number);
    }

    function lockedEpoch() external view returns (EpochView memory) {
        return _view(_epochNumber + 1);
    }

    function activeEpoch() external view returns (EpochView memory) {
        return _view(_epochNumber);
    }

    function activeParties(address[] calldata nodeAddresses)
        external
        view
        returns (uint256[] memory partyIndices, uint256 threshold)
    {
        EpochVotes.Epoch storage epoch = _epochs[_epochNumber];
        partyIndices = new uint256[](nodeAddresses.length);
        for (uint256 i = 0; i < nodeAddresses.length; ++i) {
            partyIndices[i] = epoch.partyIndexOf[nodeAddresses[i]];
        }
        threshold = epoch.threshold;
    }

    function nextValidators() external view returns (Validator[] memory) {
        return _registry.validators(_registry.nextSet);
    }

    function getActiveUnkickedValidatorStructsAndCounts(uint256 realmId)
        external
        view
        returns (EpochInfo memory epochInfo, uint256 minNodeCount, Validator[] memory validators)
    {
        if (realmId != REALM_ID) revert UnknownRealm(realmId);
        EpochVotes.Epoch storage epoch = _epochs[_epochNumber];
        bool begun = _epochNumber != 0;
        epochInfo = EpochInfo({
            epochLength: _parameters.epochLength,
            number: _epochNumber,
            startTime: epoch.startTime,
            endTime: begun ? epoch.startTime + _parameters.epochLength : 0,
            retries: epoch.attempt,
            timeout: _parameters.keyGenerationTimeout
        });
        minNodeCount = begun ? epoch.threshold : EpochVotes.thresholdOf(_parameters.minimumValidatorCount);
        validators = _registry.validators(epoch.operators);
    }

    function state() external view returns (State) {
        return _state;
    }

    function stakeOf(address operator) external view returns (uint256) {
        return _registry.registrations[operator].stake;
    }

    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    function token() external view returns (address) {
        return address(_token);
    }

    function pubkeyRouter() external view returns (address) {
        return address(_router);
    }

    function _join(address operator) private {
        _registry.joinNextSet(operator);
        ValidatorRegistry.Registration storage registration = _registry.registrations[operator];
        emit ValidatorJoined(operator, registration.nodeAddress, registration.stake);
    }

    function _setState(State newState) private {
        _state = newState;
        emit StateChanged(uint8(newState));
    }

    function _requireCurrent(uint256 epoch, uint32 attempt) private view returns (EpochVotes.Epoch storage locked) {
        if (epoch != _epochNumber + 1) revert WrongEpoch(epoch, _epochNumber + 1);
        locked = _epochs[epoch];
        if (attempt != locked.attempt) revert WrongAttempt(attempt, locked.attempt);
    }

    function _view(uint256 number) private view returns (EpochView memory view_) {
        EpochVotes.Epoch storage epoch = _epochs[number];
        EpochVotes.Attempt storage attempt = epoch.attempts[epoch.attempt];
        view_.state = _state;
        if (epoch.operators.length == 0) return view_;
        view_.number = number;
        view_.attempt = epoch.attempt;
        view_.excluded = epoch.excluded;
        view_.threshold = epoch.threshold;
        view_.members = _registry.validators(epoch.operators);
        view_.keyGenerationVoters = attempt.keyGenerationVoters;
        view_.leadingVotes = attempt.leadingVotes;
        view_.retryVoters = attempt.retryVoters;
        view_.resultHash = epoch.resultHash;
    }
}
