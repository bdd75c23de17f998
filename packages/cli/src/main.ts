import { Command, CommanderError, Option } from 'commander';
import { EXIT_CODE_INTERRUPTED } from './commands/interruption.ts';
import { CliError } from './errors.ts';
import { DEFAULT_DIRECTORY } from './local-network/network-file.ts';
import { createReporter, type Reporter } from './output/reporter.ts';
import { VERSION } from './version.ts';

const EXIT_CODE_FAILURE = 1;
const EXIT_CODE_USAGE = 2;

const ROOT_EXAMPLES = `
Examples:
  keymesh up --detach            start a network of four nodes in .keymesh
  keymesh key mint               mint a key to the development account
  keymesh status                 see which nodes serve
  keymesh down                   end it; the next \`up\` continues`;
const SIGN_EXAMPLES = `
Schemes: EcdsaK256Sha256, EcdsaP256Sha256, EcdsaP384Sha384, SchnorrEd25519Sha512, SchnorrEd448Shake256,
SchnorrRistretto25519Sha512, SchnorrK256Sha256, SchnorrK256Taproot, SchnorrP256Sha256, SchnorrP384Sha384,
SchnorrRedJubjubBlake2b512, SchnorrRedDecaf377Blake2b512, SchnorrkelSubstrate, Bls12381

Examples:
  keymesh sign --key 0x17b2… --scheme SchnorrEd25519Sha512 --file transaction.bin
                                 Ed25519 as Solana and SSH have it: the message itself
  keymesh sign --key 0x17b2… --scheme EcdsaK256Sha256 --hash none --message-hex 0x9f86…
                                 a digest that you computed: a sighash of Bitcoin
  printf '\\031Ethereum Signed Message:\\n5hello' |
    keymesh sign --key 0x17b2… --scheme EcdsaK256Sha256 --hash keccak256 --file -
                                 a personal message of Ethereum (EIP-191); v is 27 + the recovery id
  keymesh sign --key 0x17b2… --scheme EcdsaP384Sha384 --message hello --json`;
const ENCRYPT_EXAMPLES = `
Example: only who has at least one ether on the local chain can decrypt.
  echo '[{ "contractAddress": "", "standardContractType": "", "chain": "localchain",
          "method": "eth_getBalance", "parameters": [":userAddress", "latest"],
          "returnValueTest": { "comparator": ">=", "value": "1000000000000000000" } }]' > rich.json
  echo secret | keymesh encrypt --conditions rich.json --out secret.json
  keymesh decrypt --in secret.json`;

const ACTION_EXAMPLES = `
Example:
  echo 'Lit.Actions.setResponse({ response: "Hello " + jsParams.name })' > hello.js
  keymesh action run hello.js --params '{"name":"Ada"}'
  keymesh action run hello.js --params '{"name":"Ada"}' --record run.json
  keymesh action replay run.json --inspect     step through what happened
  keymesh action diff run.json                 where two nodes went different ways
  keymesh action run hello.js --local run.json try a change with the answers of that run`;

/**
 * Runs one command. Sets the process's exit code: 0, 1 for a failure, 2 for wrong usage.
 *
 * Each command's module is loaded when it runs: a client of the network takes ten times as long to load as help or
 * `status` need in all.
 */
export async function main(args: readonly string[]): Promise<void> {
  const report = createReporter({ json: args.includes('--json') });
  try {
    await program(report).parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    // `keymesh` alone: the help has been printed, and for a person that is the answer.
    if (thrown instanceof CommanderError && thrown.code === 'commander.help' && !report.json) {
      process.exitCode = EXIT_CODE_USAGE;
      return;
    }
    report.failure(thrown instanceof CommanderError ? usage(thrown) : thrown);
    process.exitCode = exitCodeOf(thrown);
  }
}

function program(report: Reporter): Command {
  const root = new Command('keymesh')
    .description('Run a Keymesh network, and use one: mint keys, sign, encrypt, decrypt.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showHelpAfterError(false)
    .addHelpText('after', ROOT_EXAMPLES);
  const local = (command: Command): Command =>
    inherit(root, command)
      .option('--dir <path>', 'directory of the local network', DEFAULT_DIRECTORY)
      .option('--json', 'print one JSON object');
  const network = (command: Command): Command =>
    local(command)
      .option('--rpc-url <url>', 'JSON-RPC of the chain (default: that of the local network)')
      .option('--directory <address>', 'Directory contract of the network (default: that of the local network)')
      .addOption(
        new Option(
          '--private-key <hex>',
          "the caller's wallet (default: on the local network, a development account)",
        ).env('KEYMESH_PRIVATE_KEY'),
      );

  local(root.command('up').description('Start a local network: a chain, its contracts, node processes, keys.'))
    .option('--nodes <count>', 'how many nodes a new network has', '4')
    .option('--detach', 'return when it serves, and leave it running')
    .option('--chain <name=chainId@url...>', 'a further chain that conditions may name; for a new network')
    .option('--allow-host <host:port...>', 'a host on this machine that programs may reach; for a new network')
    .action(async (options) => (await import('./commands/up.ts')).upCommand(options, report));
  local(root.command('status').description('Show what runs, and whether it serves.')).action(async (options) =>
    (await import('./commands/network.ts')).statusCommand(options, report),
  );
  local(root.command('down').description('End the processes. Keys and state stay.')).action(async (options) =>
    (await import('./commands/network.ts')).downCommand(options, report),
  );
  addKeyCommands(root, network, report);
  network(root.command('sign').description('Sign a message with a minted key.'))
    .requiredOption('--key <tokenId|publicKey>', 'the key')
    .requiredOption('--scheme <name>', 'the signature scheme: see below')
    .option('--message <text>', 'the message, as UTF-8 text')
    .option('--message-hex <hex>', 'the message, as hex')
    .option('--file <path>', 'the message, as a file; - for standard input')
    .option('--hash <name>', 'for ECDSA: keccak256, sha256, sha384, or none (default: sha256, sha384 on P-384)')
    .addHelpText('after', SIGN_EXAMPLES)
    .action(async (options) => (await import('./commands/sign.ts')).signMessage(options, report));
  network(root.command('encrypt').description('Encrypt to conditions. Asks no node.'))
    .requiredOption('--conditions <file>', 'JSON: an array of conditions')
    .option('--in <file>', 'the data (default: standard input)')
    .option('--out <file>', 'where to write the result (default: standard output)')
    .addHelpText('after', ENCRYPT_EXAMPLES)
    .action(async (options) => (await import('./commands/encryption.ts')).encryptData(options, report));
  network(root.command('decrypt').description('Decrypt what encrypt wrote, if your wallet satisfies the conditions.'))
    .option('--in <file>', 'what encrypt wrote (default: standard input)')
    .option('--out <file>', 'where to write the data (default: standard output)')
    .action(async (options) => (await import('./commands/encryption.ts')).decryptData(options, report));
  addActionCommands(root, { local, network }, report);
  local(root.command('demo').description('Tour it all, on a local network that runs until Ctrl-C.'))
    .option('--nodes <count>', 'how many nodes a new network has', '4')
    .option('--exit', 'end the network after the tour')
    .action(async (options) => (await import('./commands/demo.ts')).demoCommand(options, report));
  return root;
}

function addKeyCommands(root: Command, network: (command: Command) => Command, report: Reporter): void {
  const key = inherit(root, root.command('key').description('Mint and show keys.'));
  network(key.command('mint').description('Mint a key to your wallet, or to a program.'))
    .option('--bind-to <file|cid>', 'bind the key to a program for ever: nobody owns it')
    .action(async (options) => (await import('./commands/key.ts')).mintKey(options, report));
  network(key.command('list').description('List the keys of an address.'))
    .option('--owner <address>', 'whose keys (default: your wallet)')
    .action(async (options) => (await import('./commands/key.ts')).listOwnKeys(options, report));
  network(
    key.command('show').description('Show a key and its public key for each scheme.').argument('<tokenId|publicKey>'),
  ).action(async (reference, options) => (await import('./commands/key.ts')).showKey(reference, options, report));
}

function addActionCommands(
  root: Command,
  { local, network }: Readonly<Record<'local' | 'network', (command: Command) => Command>>,
  report: Reporter,
): void {
  const commands = () => import('./commands/action.ts');
  const action = inherit(root, root.command('action').description('Run JavaScript programs on the nodes.'));
  inherit(root, action.command('cid').description('Show the CID of a program.').argument('<file>'))
    .option('--json', 'print one JSON object')
    .action(async (file) => (await commands()).showCid(file, report));
  inherit(
    root,
    action.command('bundle').description('Make one script of TypeScript and what it imports.').argument('<file>'),
  )
    .requiredOption('--out <file>', 'where to write the script')
    .option('--json', 'print one JSON object')
    .action(async (file, options) => (await import('./commands/bundle.ts')).bundleAction(file, options, report));
  network(action.command('run').description('Run a program on the nodes.').argument('<file|cid>'))
    .option('--params <file|json>', 'a JSON object: `jsParams` of the program')
    .option('--strategy <name>', 'which response counts where nodes differ: leastCommon or mostCommon')
    .option('--record <file>', 'write down what each node did, for replay and diff (local networks)')
    .option('--mint-claims', 'mint the keys that the program claims, to your account')
    .option('--local [recording]', 'run it here, alone, with the answers of a recording for what needs a network')
    .option('--allow-host <host...>', 'with --local: a host of this machine or network that fetch may reach')
    .option('--inspect [port]', 'with --local: wait for a debugger')
    .addHelpText('after', ACTION_EXAMPLES)
    .action(async (program, options) =>
      options.local === undefined
        ? (await commands()).runAction(program, options, report)
        : (await import('./commands/run-locally.ts')).runLocally(program, options, report),
    );
  inherit(
    root,
    action.command('replay').description('Repeat a recorded run here, bit for bit.').argument('<recording>'),
  )
    .option('--node <name>', 'whose run (default: the first node of the recording)')
    .option('--inspect [port]', 'wait for a debugger, and step through')
    .option('--json', 'print one JSON object')
    .action(async (file, options) => (await import('./commands/recording.ts')).replayRecording(file, options, report));
  inherit(
    root,
    action
      .command('diff')
      .description('Show where the runs of two nodes part.')
      .argument('<recording>')
      .argument('[other]', 'a second recording, of another run'),
  )
    .option('--nodes <a,b>', 'which nodes (default: the first, and one that parts from it)')
    .option('--json', 'print one JSON object')
    .action(async (file, other, options) =>
      (await import('./commands/recording.ts')).diffRecordings(file, other, options, report),
    );
  local(
    action.command('publish').description('Give a program to the nodes of the local network.').argument('<file>'),
  ).action(async (file, options) => (await commands()).publishAction(file, options, report));
  const permissionOf = (what: 'permit' | 'revoke', description: string): Command =>
    network(action.command(what).description(description).argument('<file|cid>'))
      .requiredOption('--key <tokenId|publicKey>', 'the key')
      .action(async (program, options) => (await commands()).changePermission(what, program, options, report));
  permissionOf('permit', 'Let a program sign with a key of yours, whoever runs it.').option(
    '--personal',
    'only texts as wallets sign them (EIP-191), no transactions',
  );
  permissionOf('revoke', 'Withdraw what permit gave.');
}

function inherit(from: Command, command: Command): Command {
  return command.copyInheritedSettings(from);
}

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return EXIT_CODE_USAGE;
  if (!(thrown instanceof CliError)) return EXIT_CODE_FAILURE;
  return thrown.code === 'cli/usage'
    ? EXIT_CODE_USAGE
    : thrown.code === 'cli/interrupted'
      ? EXIT_CODE_INTERRUPTED
      : EXIT_CODE_FAILURE;
}

function usage(error: CommanderError): CliError {
  return new CliError(
    error.message.replace(/^error: /, '').replace(/^./, (first) => first.toUpperCase()),
    {
      code: 'cli/usage',
      fault: 'caller',
      hint: 'Run `keymesh --help`, or `keymesh <command> --help`.',
    },
  );
}
