// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";

/// @dev Interface, events, errors and units: {IDirectory}.
contract Directory is IDirectory, Ownable2Step {
    uint256 public constant NAME_BYTES_MAX = 64;
    uint256 public constant ENTRIES_MAX = 64;

    string private _chainName;
    string private _version;
    string[] private _names;
    mapping(string name => address target) private _targets;

    constructor(address owner_, string memory chainName_, string memory version_) Ownable(owner_) {
        _chainName = chainName_;
        _version = version_;
    }

    function setAddresses(Entry[] calldata entries) external onlyOwner {
        for (uint256 i = 0; i < entries.length; ++i) {
            _set(entries[i].name, entries[i].target);
        }
    }

    function addressOf(string calldata name) external view returns (address target) {
        target = _targets[name];
        if (target == address(0)) revert NameNotFound(name);
    }

    function all() external view returns (string[] memory names, address[] memory addresses) {
        names = _names;
        addresses = new address[](names.length);
        for (uint256 i = 0; i < names.length; ++i) {
            addresses[i] = _targets[names[i]];
        }
    }

    function chainName() external view returns (string memory) {
        return _chainName;
    }

    function version() external view returns (string memory) {
        return _version;
    }

    function _set(string calldata name, address target) private {
        if (bytes(name).length == 0 || bytes(name).length > NAME_BYTES_MAX) revert InvalidName(name);
        if (target == address(0)) revert ZeroTarget(name);
        address previous = _targets[name];
        if (previous == address(0)) {
            if (_names.length == ENTRIES_MAX) revert TooManyEntries();
            _names.push(name);
        }
        _targets[name] = target;
        emit AddressSet(name, target, previous);
    }
}
