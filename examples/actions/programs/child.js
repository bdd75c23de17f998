Lit.Actions.setResponse({ response: `child of ${Lit.Auth.actionIpfsIdStack.length - 1}, asked for ${jsParams.what}` });
