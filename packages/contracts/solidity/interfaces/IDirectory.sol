// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The directory of a network
/// @notice Maps contract names to addresses. Its address is all that a client or a node needs to find a network.
/// @dev It serves discovery only. Which contract may call which is fixed in each contract when it is deployed, so the
///      owner of the directory can mislead clients that look up afresh, but cannot change root keys or key ownership.
interface IDirectory {
    /// @param name    at most `NAME_BYTES_MAX` bytes, e.g. "Staking"
    /// @param target  the contract's address, never zero
    struct Entry {
        string name;
        address target;
    }

    /// @notice `name` now stands for `target`; `previous` is zero for a new name.
    event AddressSet(string name, address indexed target, address previous);

    /// @notice No entry has this name.
    error NameNotFound(string name);
    /// @notice A name is empty or longer than `NAME_BYTES_MAX`.
    error InvalidName(string name);
    /// @notice The address given for this name is zero.
    error ZeroTarget(string name);
    /// @notice There would be more than `ENTRIES_MAX` names.
    error TooManyEntries();

    /// @notice Sets or replaces entries. Owner only.
    function setAddresses(Entry[] calldata entries) external;

    /// @notice The address that `name` stands for. Reverts with `NameNotFound` if there is none.
    function addressOf(string calldata name) external view returns (address);

    /// @notice All names, in the order they were first set, and their addresses.
    function all() external view returns (string[] memory names, address[] memory addresses);

    /// @notice Name of the network for people, e.g. "keymesh-local".
    function chainName() external view returns (string memory);

    /// @notice Version of the contract set, as semantic version text.
    function version() external view returns (string memory);

    function NAME_BYTES_MAX() external view returns (uint256);

    function ENTRIES_MAX() external view returns (uint256);
}
