// Uses an API key that this program alone can decrypt, whoever runs it.
(async () => {
  const apiKey = await Lit.Actions.decryptAndCombine({ ...jsParams.sealed, authSig: null, chain: 'ethereum' });
  const answer = await fetch(jsParams.url, { headers: { authorization: `Bearer ${apiKey}` } });
  Lit.Actions.setResponse({ response: `${answer.status}` });
})();
