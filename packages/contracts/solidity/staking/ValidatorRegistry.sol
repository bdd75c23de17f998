// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStaking} from "../interfaces/IStaking.sol";

/// @title Registrations of operators and the next validator set
/// @dev A registration is written once and deleted on withdrawal, never changed. That is why an epoch needs to remember
///      only who its members are: what they registered cannot move under it.
library ValidatorRegistry {
    uint256 internal constant VALIDATORS_MAX = 100;
    uint256 internal constant ENDPOINT_BYTES_MAX = 256;

    struct Registration {
        uint32 ip;
        uint32 port;
        uint128 ipv6;
        address nodeAddress;
        bool inNextSet;
        uint256 senderPubKey;
        uint256 receiverPubKey;
        uint256 stake;
        string endpoint;
        string meshEndpoint;
    }

    struct Registry {
        mapping(address operator => Registration) registrations;
        mapping(address nodeAddress => bool) nodeAddressTaken;
        mapping(uint256 senderPubKey => bool) senderPubKeyTaken;
        mapping(uint256 receiverPubKey => bool) receiverPubKeyTaken;
        // Operators in order of joining.
        address[] nextSet;
    }

    /// @notice Stores a new registration and claims its identities.
    function register(Registry storage self, address operator, Registration memory registration) internal {
        if (isRegistered(self, operator)) revert IStaking.AlreadyStaked(operator);
        _requireEndpoint(registration.endpoint);
        _requireEndpoint(registration.meshEndpoint);
        (address node, uint256 sender, uint256 receiver) =
            (registration.nodeAddress, registration.senderPubKey, registration.receiverPubKey);
        if (node == address(0) || sender == 0 || receiver == 0) revert IStaking.ZeroIdentity();
        if (self.nodeAddressTaken[node]) revert IStaking.NodeAddressTaken(node);
        if (self.senderPubKeyTaken[sender]) revert IStaking.SenderPubKeyTaken(sender);
        if (self.receiverPubKeyTaken[receiver]) revert IStaking.ReceiverPubKeyTaken(receiver);
        self.nodeAddressTaken[node] = true;
        self.senderPubKeyTaken[sender] = true;
        self.receiverPubKeyTaken[receiver] = true;
        self.registrations[operator] = registration;
    }

    /// @notice Appends the operator to the next set.
    function joinNextSet(Registry storage self, address operator) internal {
        Registration storage registration = self.registrations[operator];
        if (!isRegistered(self, operator)) revert IStaking.NotStaked(operator);
        if (registration.inNextSet) revert IStaking.AlreadyInNextValidatorSet(operator);
        if (self.nextSet.length == VALIDATORS_MAX) revert IStaking.TooManyValidators();
        registration.inNextSet = true;
        self.nextSet.push(operator);
    }

    /// @notice Takes the operator out of the next set; the others keep their order.
    function leaveNextSet(Registry storage self, address operator) internal {
        if (!self.registrations[operator].inNextSet) revert IStaking.NotInNextValidatorSet(operator);
        self.registrations[operator].inNextSet = false;
        address[] storage set = self.nextSet;
        uint256 last = set.length - 1;
        uint256 i = 0;
        while (set[i] != operator) ++i;
        for (; i < last; ++i) {
            set[i] = set[i + 1];
        }
        set.pop();
    }

    /// @notice Forgets a registration and frees its identities.
    /// @return stake what is owed to the operator
    function remove(Registry storage self, address operator) internal returns (uint256 stake) {
        Registration storage registration = self.registrations[operator];
        if (!isRegistered(self, operator)) revert IStaking.NotStaked(operator);
        if (registration.inNextSet) revert IStaking.StillInNextValidatorSet(operator);
        stake = registration.stake;
        delete self.nodeAddressTaken[registration.nodeAddress];
        delete self.senderPubKeyTaken[registration.senderPubKey];
        delete self.receiverPubKeyTaken[registration.receiverPubKey];
        delete self.registrations[operator];
    }

    function isRegistered(Registry storage self, address operator) internal view returns (bool) {
        return self.registrations[operator].nodeAddress != address(0);
    }

    /// @notice The registrations of these operators as the interface shows them, in the same order.
    function validators(Registry storage self, address[] storage operators)
        internal
        view
        returns (IStaking.Validator[] memory list)
    {
        list = new IStaking.Validator[](operators.length);
        for (uint256 i = 0; i < list.length; ++i) {
            Registration storage registration = self.registrations[operators[i]];
            list[i] = IStaking.Validator({
                ip: registration.ip,
                ipv6: registration.ipv6,
                port: registration.port,
                nodeAddress: registration.nodeAddress,
                reward: 0,
                senderPubKey: registration.senderPubKey,
                receiverPubKey: registration.receiverPubKey,
                operatorAddress: operators[i],
                endpoint: registration.endpoint,
                meshEndpoint: registration.meshEndpoint
            });
        }
    }

    function _requireEndpoint(string memory endpoint) private pure {
        uint256 lengthBytes = bytes(endpoint).length;
        if (lengthBytes == 0 || lengthBytes > ENDPOINT_BYTES_MAX) revert IStaking.InvalidEndpoint(lengthBytes);
    }
}
