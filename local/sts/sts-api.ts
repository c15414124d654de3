import { ACCOUNT_ID } from '../account.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { Signer } from '../auth/signature.ts';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { assumeRole } from './assume-role.ts';
import { StsError } from './sts-error.ts';
import { stsAnswer } from './sts-xml.ts';

/** Answers one signed call of the STS API, whose action is in the form-encoded body. */
export function answerSts(call: Call, signer: Signer, credentials: Credentials, now: number): Answer {
  const form = new URLSearchParams(call.body.toString());
  const action = form.get('Action') ?? call.query.get('Action');
  switch (action) {
    case 'AssumeRole':
      return stsAnswer(action, assumeRole(form, signer, credentials, now), call.id);
    case 'GetCallerIdentity': {
      // AWS needs no permission for this one: it is the way to ask who a key is.
      const { arn, userId } = signer.principal;
      return stsAnswer(action, { Arn: arn, UserId: userId, Account: ACCOUNT_ID }, call.id);
    }
    case null:
      throw new StsError(
        400,
        'MissingAction',
        'The request has no Action. Served are AssumeRole and GetCallerIdentity.',
      );
    default: {
      const message = `Could not find operation ${action} for version 2011-06-15. Served are AssumeRole and GetCallerIdentity.`;
      throw new StsError(400, 'InvalidAction', message);
    }
  }
}
