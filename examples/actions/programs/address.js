// The Ethereum address of another program's own key.
(async () => {
  const key = await Lit.Actions.getActionPublicKey({
    signingScheme: 'EcdsaK256Sha256',
    actionIpfsCid: jsParams.ipfsId,
  });
  Lit.Actions.setResponse({ response: ethers.utils.computeAddress(key) });
})();
