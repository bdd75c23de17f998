// Signs for whoever owns at least one ether on the local chain.
(async () => {
  const isRich = await Lit.Actions.checkConditions({
    conditions: [
      {
        contractAddress: '',
        standardContractType: '',
        chain: 'localchain',
        method: 'eth_getBalance',
        parameters: [':userAddress', 'latest'],
        returnValueTest: { comparator: '>=', value: '1000000000000000000' },
      },
    ],
    authSig: null,
    chain: 'localchain',
  });
  if (!isRich) {
    Lit.Actions.setResponse({ response: 'refused' });
    return;
  }
  await Lit.Actions.ethPersonalSignMessageEcdsa({
    message: `welcome ${Lit.Auth.authSigAddress}`,
    publicKey: jsParams.publicKey,
    sigName: 'welcome',
  });
  Lit.Actions.setResponse({ response: 'signed' });
})();
