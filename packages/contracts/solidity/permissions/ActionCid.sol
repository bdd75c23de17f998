// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The form in which the contracts name actions
library ActionCid {
    /// @dev A multihash: function SHA-256, length 32.
    bytes2 private constant _SHA256_PREFIX = 0x1220;
    uint256 private constant _CID_BYTES = 34;

    /// @return whether these are the 34 bytes of a CIDv0
    function isValid(bytes calldata ipfsCID) internal pure returns (bool) {
        return ipfsCID.length == _CID_BYTES && bytes2(ipfsCID[:2]) == _SHA256_PREFIX;
    }
}
