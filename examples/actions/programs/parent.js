// Calls another program by its CID.
(async () => {
  const answer = await Lit.Actions.call({ ipfsId: jsParams.child, params: { what: 'tea' } });
  Lit.Actions.setResponse({ response: answer });
})();
