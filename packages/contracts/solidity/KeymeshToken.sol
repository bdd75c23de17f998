// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IKeymeshToken} from "./interfaces/IKeymeshToken.sol";

/// @dev Interface, events, errors and units: {IKeymeshToken}.
contract KeymeshToken is IKeymeshToken, ERC20 {
    uint256 public constant FAUCET_AMOUNT = 10_000 ether;
    uint256 public constant FAUCET_COOLDOWN_SECONDS = 1 hours;

    bool private immutable _faucetEnabled;
    mapping(address account => uint256 unixSeconds) private _faucetAvailableAt;

    /// @param initialHolder   receives the initial supply
    /// @param initialSupply   in the smallest unit; may be 0
    /// @param faucetEnabled_  true on test networks only: a faucet makes the token worthless
    constructor(address initialHolder, uint256 initialSupply, bool faucetEnabled_) ERC20("Keymesh", "KMESH") {
        _faucetEnabled = faucetEnabled_;
        _mint(initialHolder, initialSupply);
    }

    function faucet() external {
        if (!_faucetEnabled) revert FaucetDisabled();
        uint256 availableAt = _faucetAvailableAt[msg.sender];
        if (block.timestamp < availableAt) revert FaucetCoolingDown(availableAt);
        _faucetAvailableAt[msg.sender] = block.timestamp + FAUCET_COOLDOWN_SECONDS;
        _mint(msg.sender, FAUCET_AMOUNT);
        emit FaucetUsed(msg.sender, FAUCET_AMOUNT);
    }

    function faucetEnabled() external view returns (bool) {
        return _faucetEnabled;
    }

    function faucetAvailableAt(address account) external view returns (uint256) {
        return _faucetAvailableAt[account];
    }
}
