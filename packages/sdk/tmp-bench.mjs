import { readFileSync } from 'node:fs';
import { connect, createSession, allowSigning, allowDecryption, mint, sign, encrypt, decrypt } from '@keymesh/sdk';
import { privateKeyToAccount } from 'viem/accounts';
import { createWalletClient, http } from 'viem';
const net = JSON.parse(readFileSync('/tmp/net3.json','utf8'));
const t0=performance.now();
const network = await connect({ rpcUrl: net.rpcUrl, directory: net.contracts.Directory });
console.log('connect', performance.now()-t0);
const account = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const key = await mint(network, { walletClient: createWalletClient({ account, transport: http(net.rpcUrl) }) });
const session = await createSession(network, { wallet: account, capabilities: [allowSigning(key.tokenId), allowDecryption('*')] });
for (const scheme of ['SchnorrEd25519Sha512','SchnorrK256Taproot','SchnorrK256Sha256','Bls12381']) {
  const times=[]; const message=new TextEncoder().encode('x');
  for (let i=0;i<20;i++){ const t=performance.now(); await sign(network,{session,key,scheme,message}); times.push(performance.now()-t); }
  times.sort((a,b)=>a-b); console.log(scheme,'p50',times[10].toFixed(1),'p95',times[18].toFixed(1));
}
const e = await encrypt(network,{data:'hi', accessControlConditions:[{contractAddress:'',standardContractType:'',chain:'localchain',method:'eth_getBalance',parameters:[':userAddress','latest'],returnValueTest:{comparator:'>=',value:'0'}}]});
const ts=[]; for(let i=0;i<20;i++){const t=performance.now(); await decrypt(network,{...e,session}); ts.push(performance.now()-t);} ts.sort((a,b)=>a-b); console.log('decrypt p50',ts[10].toFixed(1),'p95',ts[18].toFixed(1));
const t1=performance.now(); await Promise.all(Array.from({length:40},()=>sign(network,{session,key,scheme:'SchnorrEd25519Sha512',message:new Uint8Array(3)}))); console.log('40 concurrent', performance.now()-t1);
