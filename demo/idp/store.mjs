/**
 * Where the provider keeps codes, refresh tokens and sessions: in memory, one
 * store a demo, for all tenants: as in Entra, a refresh token is bound to a person
 * and an application, and can be redeemed at any tenant that knows them. The adapter follows oidc-provider's adapter contract.
 */

const SWEEP_SIZE = 2000;
/** An expired refresh token is remembered for a day, to be refused as expired. */
const KEEP_SECONDS = 86400;

export class Store {
  #tables = new Map();
  #revoked = new Set();

  /** @param {string} model the provider's name of a kind of record */
  adapter = model => {
    const rows = this.#table(model);
    const first = (key, value) =>
      [...rows.values()].find(row => row[key] === value);
    return {
      async upsert(id, row) {
        if (rows.size >= SWEEP_SIZE) {
          sweep(rows);
        }
        rows.set(id, row);
      },
      find: async id => rows.get(id),
      findByUid: async uid => first('uid', uid),
      // A code may be entered again until somebody has decided.
      async findByUserCode(code) {
        const row = first('userCode', code);
        return row && { ...row, inFlight: false };
      },
      async consume(id) {
        rows.get(id).consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        rows.delete(id);
      },
      async revokeByGrantId(grantId) {
        for (const [id, row] of rows) {
          if (row.grantId === grantId) {
            rows.delete(id);
          }
        }
      }
    };
  };

  /** @param {string} id a refresh token; the row may be changed in place */
  refreshToken(id) {
    return this.#table('RefreshToken').get(id);
  }

  /** @param {string} id a grant; the row may be changed in place */
  grant(id) {
    return this.#table('Grant').get(id);
  }

  /** @param {string} id a refresh token @returns {boolean} */
  isRevoked(id) {
    return this.#revoked.has(id);
  }

  /**
   * Ends a person's sessions, as an administrator's "Revoke sessions" does: the
   * refresh tokens and the cookies of the sign-in page.
   *
   * @param {string} sub
   * @returns {number} how many refresh tokens there were
   */
  revokeUser(sub) {
    const tokens = this.#table('RefreshToken');
    const theirs = [...tokens].filter(([, row]) => row.accountId === sub);
    for (const [id] of theirs) {
      tokens.delete(id);
      this.#revoked.add(id);
    }
    const sessions = this.#table('Session');
    for (const [id, row] of sessions) {
      if (row.accountId === sub) {
        sessions.delete(id);
      }
    }
    return theirs.length;
  }

  #table(model) {
    if (!this.#tables.has(model)) {
      this.#tables.set(model, new Map());
    }
    return this.#tables.get(model);
  }
}

function sweep(rows) {
  const limit = Date.now() / 1000 - KEEP_SECONDS;
  for (const [id, row] of rows) {
    if (row.exp < limit) {
      rows.delete(id);
    }
  }
}
