// Signs the temperature when it is mild, and nothing when it is not.
(async () => {
  const { celsius } = await (await fetch(jsParams.url)).json();
  if (celsius < 10 || celsius > 30) {
    Lit.Actions.setResponse({ response: `${celsius} °C is not mild` });
    return;
  }
  const toSign = ethers.utils.arrayify(ethers.utils.hashMessage(`mild: ${celsius}`));
  await Lit.Actions.signEcdsa({ toSign, publicKey: jsParams.publicKey, sigName: 'mild' });
  Lit.Actions.setResponse({ response: `${celsius} °C` });
})();
