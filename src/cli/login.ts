import { z } from 'zod';
import type { AppRegistration } from '../settings.ts';

/** What came of asking for a token as the bot: nothing wrong, or what is wrong and what to do. Neither holds a secret. */
export type LoggedIn = { readonly ok: true } | { readonly ok: false; readonly words: string };

export const MICROSOFT_LOGIN = 'https://login.microsoftonline.com';
const SCOPE = 'https://api.botframework.com';
/** In milliseconds. */
const PATIENCE_MS = 10_000;

const Token = z.object({ access_token: z.string().min(1) });
const Refused = z.object({ error: z.string().optional(), error_codes: z.array(z.number()).optional() });

/** What Microsoft's numbers mean, and what to do. The words beside them in its answer may hold ids, and are not shown. */
const MEANINGS: Readonly<Record<number, string>> = {
  7000215:
    'the client secret is wrong. Copy the value of the secret, not its id, into MICROSOFT_APP_PASSWORD and start the server again',
  7000222:
    'the client secret has expired. Make a new one in the bot registration, put it into MICROSOFT_APP_PASSWORD and start the server again',
  700016:
    'the tenant does not know this bot. Check MICROSOFT_APP_ID and MICROSOFT_APP_TENANT_ID against the bot registration',
  7000112: 'the bot registration is disabled. Ask an administrator of the tenant to enable it',
  90002: 'there is no such tenant. Check MICROSOFT_APP_TENANT_ID',
  900023: 'MICROSOFT_APP_TENANT_ID is not the id of a tenant. Copy it from the bot registration',
};

/**
 * Asks Microsoft for a token as the bot does, and throws it away.
 * @param login Where Microsoft's login is.
 * @param environment Where Azure says how a managed identity is asked.
 */
export async function tryLogin(
  app: AppRegistration,
  login: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<LoggedIn> {
  const isManaged = app.type === 'UserAssignedMSI';
  const where = isManaged ? 'The managed identity of this machine' : 'Microsoft’s login';
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await (isManaged
      ? fetch(identityAddress(app, environment), { headers: identityHeaders(environment), signal })
      : fetch(new URL(`/${encodeURIComponent(app.tenant)}/oauth2/v2.0/token`, login), {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: app.id,
            client_secret: app.password ?? '',
            scope: `${SCOPE}/.default`,
          }),
          signal,
        }));
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.ok && Token.safeParse(body).success) return { ok: true };
    return { ok: false, words: `${where} gives the bot no token: ${meaningOf(answer.status, body, isManaged)}.` };
  } catch {
    const mend = isManaged
      ? 'Run this on the machine in Azure that has the identity, and check that it is assigned there'
      : 'Check that this machine may reach it, through the proxy if there is one';
    return { ok: false, words: `${where} does not answer. ${mend}.` };
  }
}

function meaningOf(status: number, body: unknown, isManaged: boolean): string {
  const { error_codes: codes = [] } = Refused.safeParse(body).data ?? {};
  const known = codes.find((code) => MEANINGS[code] !== undefined);
  if (known !== undefined) return `${MEANINGS[known]} (AADSTS${known})`;
  if (isManaged)
    return `it answers HTTP ${status}. Check that MICROSOFT_APP_ID is the client id of the identity, and that it is assigned to this machine`;
  const named = codes.map((code) => `AADSTS${code}`).join(', ');
  return `it answers HTTP ${status}${named === '' ? '' : ` and ${named}`}. Look that up on Microsoft’s pages, and check the bot registration`;
}

/** App Service and Container Apps say where to ask; a virtual machine has one fixed address. */
function identityAddress({ id }: AppRegistration, { IDENTITY_ENDPOINT }: NodeJS.ProcessEnv): URL {
  const url = new URL(IDENTITY_ENDPOINT || 'http://169.254.169.254/metadata/identity/oauth2/token');
  url.searchParams.set('api-version', IDENTITY_ENDPOINT ? '2019-08-01' : '2018-02-01');
  url.searchParams.set('resource', SCOPE);
  url.searchParams.set('client_id', id);
  return url;
}

function identityHeaders({ IDENTITY_HEADER }: NodeJS.ProcessEnv): Record<string, string> {
  return IDENTITY_HEADER ? { 'X-IDENTITY-HEADER': IDENTITY_HEADER } : { Metadata: 'true' };
}
