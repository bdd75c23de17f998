// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Sets of scopes, one bit each
library Scopes {
    uint256 internal constant SCOPES_MAX = 256;

    /// @notice A scope is a number below 256.
    error ScopeTooLarge(uint256 scope);

    /// @return bits the set of the listed scopes
    function fromList(uint256[] calldata scopes) internal pure returns (uint256 bits) {
        for (uint256 i = 0; i < scopes.length; ++i) {
            bits |= bitOf(scopes[i]);
        }
    }

    /// @return flags whether each scope from 0 to `maxScopeId` - 1 is in the set
    function toList(uint256 bits, uint256 maxScopeId) internal pure returns (bool[] memory flags) {
        if (maxScopeId > SCOPES_MAX) revert ScopeTooLarge(maxScopeId);
        flags = new bool[](maxScopeId);
        for (uint256 i = 0; i < maxScopeId; ++i) {
            flags[i] = bits & 1 << i != 0;
        }
    }

    /// @return the set of one scope
    function bitOf(uint256 scope) internal pure returns (uint256) {
        if (scope >= SCOPES_MAX) revert ScopeTooLarge(scope);
        return 1 << scope;
    }
}
