import { honestOf, type Outcome } from '../outcome.ts';

/**
 * An honest member uses a preparation for one request only, over all of its lives: it names it to the other signers and
 * answers with it for no other session, which is a hash of message, key, signers and request id. The same for its own
 * nonce commitment, whatever the preparation's id is. And it makes one share with it: two would reveal its key share.
 */
export function checkNonces({ history, plan }: Outcome): string[] {
  const honest = honestOf(plan);
  const sessions = new Map<string, string>();
  const shares = new Map<string, string>();
  const problems: string[] = [];
  const use = (known: Map<string, string>, what: string, value: string, problem: string): void => {
    if ((known.get(what) ?? value) !== value) problems.push(problem);
    known.set(what, value);
  };
  for (const event of history.events) {
    if (event.kind !== 'share-made' && event.kind !== 'preparation-named') continue;
    const { party, preparation, session } = event;
    if (!honest.includes(party)) continue;
    const name = `${party}/${preparation}`;
    use(sessions, name, session, `party ${party} used the preparation ${preparation.slice(0, 8)}… for two requests`);
    if (event.kind !== 'share-made') continue;
    use(shares, name, event.share, `party ${party} made two shares with the preparation ${preparation.slice(0, 8)}…`);
    if (event.nonce === '') continue;
    const reused = `party ${party} used the nonces ${event.nonce.slice(0, 8)}… for two requests`;
    use(sessions, `${party}/nonce/${event.nonce}`, session, reused);
  }
  return problems;
}
