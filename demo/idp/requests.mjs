/**
 * Turns a request to Entra into one that oidc-provider understands: its paths,
 * its parameters, its rules.
 */
import { IncomingMessage } from 'node:http';
import { readBody } from '../http.mjs';
import { REFRESH_SCOPE, scopesOf } from './directory.mjs';
import { checkRedemption } from './redemption.mjs';

/**
 * Notes the form and the application in `req.demo`.
 *
 * @param {IncomingMessage & {demo: object}} req
 * @param {object} context
 * @param {string} context.root `/{tenant}`, where the provider is mounted
 * @param {string} context.path below the root
 * @param {string} context.search
 * @param {import('./directory.mjs').Directory} context.directory
 * @param {import('./store.mjs').Store} context.store
 * @returns {Promise<IncomingMessage>}
 * @throws {import('./aadsts.mjs').EntraError} what Entra would refuse
 */
export async function prepare(req, { root, path, search, directory, store }) {
  const query = new URLSearchParams(search);
  switch (req.demo.endpoint) {
    case 'discovery':
      // The provider derives its endpoints from what is in front of its own path.
      return mount(req, root, path.replace('/v2.0', ''), query);
    case 'authorize':
      keepOfflineAccess(query);
      return mount(req, root, path, query);
    case 'logout':
      nameApplication(query, directory);
      return mount(req, root, path, query);
    case 'token':
    case 'devicecode': {
      const form = await readForm(req, directory);
      const body = req.demo.endpoint === 'token' ? await redeem(form) : form;
      return replay(mount(req, root, path, query), body);
    }
    default:
      return mount(req, root, path, query);
  }

  function redeem(form) {
    return checkRedemption(form, {
      origin: req.headers.origin,
      basic: Boolean(req.headers.authorization),
      directory,
      store
    });
  }
}

function mount(req, root, path, query) {
  const search = query.size ? `?${query}` : '';
  req.url = `${path}${search}`;
  req.originalUrl = `${root}${req.url}`;
  return req;
}

function keepOfflineAccess(query) {
  const scopes = scopesOf(query.get('scope') ?? '').map(name =>
    name === 'offline_access' ? REFRESH_SCOPE : name
  );
  if (scopes.length > 0) {
    query.set('scope', scopes.join(' '));
  }
  query.delete('resource'); // a parameter of Entra's v1.0, refused by v2.0
}

/**
 * MSAL signs out without saying which application it is; oidc-provider goes
 * back to an application that it knows only.
 */
function nameApplication(query, directory) {
  const back = query.get('post_logout_redirect_uri');
  if (back === null) {
    return;
  }
  if (!directory.isSpaRedirect(back)) {
    query.delete('post_logout_redirect_uri');
  } else if (!query.has('id_token_hint') && !query.has('client_id')) {
    const spa = directory.applications.find(({ kind }) => kind === 'spa');
    query.set('client_id', spa.id);
  }
}

async function readForm(req, directory) {
  const form = Object.fromEntries(
    new URLSearchParams(String(await readBody(req)))
  );
  Object.assign(req.demo, {
    form,
    application: directory.application(form.client_id)
  });
  return form;
}

/** A request's body can be read once: this one has it again, as it shall be. */
function replay(req, form) {
  const body = Buffer.from(new URLSearchParams(form).toString());
  const copy = new IncomingMessage(req.socket);
  const { method, url, originalUrl, httpVersion, demo } = req;
  Object.assign(copy, { method, url, originalUrl, httpVersion, demo });
  copy.headers = { ...req.headers, 'content-length': String(body.length) };
  delete copy.headers['transfer-encoding'];
  // An incomplete request takes its socket along when it is destroyed.
  copy.complete = true;
  copy.push(body);
  copy.push(null);
  return copy;
}
