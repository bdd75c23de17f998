import { contractCall } from './contract-call.ts';
import { contract, wallet } from './kind.ts';

/** Cask `getActiveSubscriptionCount(user, provider, planId)`. */
export const caskSubscriptions = contractCall({
  fn: { name: 'getActiveSubscriptionCount', inputs: ['address', 'address', 'uint32'], outputs: ['uint256'] },
  type: 'uint',
  phrase: (condition, [user, provider, plan]) => ({
    must: (test) =>
      `${wallet(user)} must have ${test} active subscriptions to plan ${plan} of ${provider} in ${contract(condition)}`,
    is: (value) => `it has ${value}`,
  }),
});
