// Pays from a minted key: every node makes the same transaction and has the signature; one of them sends it.
(async () => {
  const { computeAddress, serializeTransaction, keccak256, arrayify } = ethers.utils;
  const chain = 'localchain';
  const nonce = Number(await Lit.Actions.getLatestNonce({ address: computeAddress(jsParams.publicKey), chain }));
  const transaction = {
    nonce,
    to: jsParams.to,
    value: ethers.utils.parseEther('0.25'),
    gasLimit: 21_000,
    gasPrice: ethers.utils.parseUnits('10', 'gwei'),
    chainId: 31_337,
  };
  const text = await Lit.Actions.signAndCombineEcdsa({
    toSign: arrayify(keccak256(serializeTransaction(transaction))),
    publicKey: jsParams.publicKey,
    sigName: 'payment',
  });
  const { r, s, v } = JSON.parse(text);
  const signed = serializeTransaction(transaction, { r: `0x${r.substring(2)}`, s: `0x${s}`, v });
  const hash = await Lit.Actions.runOnce({ waitForResponse: true, name: 'send' }, async () => {
    const provider = new ethers.providers.JsonRpcProvider(await Lit.Actions.getRpcUrl({ chain }));
    return (await provider.sendTransaction(signed)).hash;
  });
  Lit.Actions.setResponse({ response: hash });
})();
