// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title The network token
/// @notice ERC-20 with 18 decimals; all amounts are in its smallest unit. Operators stake it.
/// @dev On test networks, and only there, anyone can mint a little of it from the faucet.
interface IKeymeshToken is IERC20 {
    /// @notice `to` received `amount` from the faucet.
    event FaucetUsed(address indexed to, uint256 amount);

    /// @notice This deployment has no faucet.
    error FaucetDisabled();
    /// @notice The account used the faucet less than the cooldown ago.
    /// @param availableAt Unix time (seconds) from which it may use it again.
    error FaucetCoolingDown(uint256 availableAt);

    /// @notice Mints `FAUCET_AMOUNT` to the caller, at most once per `FAUCET_COOLDOWN_SECONDS`.
    function faucet() external;

    /// @notice True on test networks. Fixed when the token is deployed.
    function faucetEnabled() external view returns (bool);

    /// @notice Unix time (seconds) from which `account` may use the faucet; 0 if it never did.
    function faucetAvailableAt(address account) external view returns (uint256);

    /// @notice Amount per use of the faucet, in the token's smallest unit.
    function FAUCET_AMOUNT() external view returns (uint256);

    /// @notice Time between two uses by one account, in seconds.
    function FAUCET_COOLDOWN_SECONDS() external view returns (uint256);
}
