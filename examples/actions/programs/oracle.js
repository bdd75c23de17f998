// The median of the prices that the nodes see, signed by this program's own key: a contract needs to know nothing else.
(async () => {
  const { cents } = await (await fetch(jsParams.url)).json();
  const seen = await Lit.Actions.broadcastAndCollect({ name: 'price', value: String(cents) });
  const sorted = seen.map(Number).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const { keccak256, defaultAbiCoder, arrayify, joinSignature } = ethers.utils;
  const digest = keccak256(defaultAbiCoder.encode(['uint256', 'uint256'], [jsParams.round, median]));
  const text = await Lit.Actions.signAsAction({
    toSign: arrayify(digest),
    sigName: 'price',
    signingScheme: 'EcdsaK256Sha256',
  });
  const { r, s, v } = JSON.parse(text);
  const signature = joinSignature({ r: `0x${r.substring(2)}`, s: `0x${s}`, v });
  Lit.Actions.setResponse({ response: JSON.stringify({ median, signature }) });
})();
