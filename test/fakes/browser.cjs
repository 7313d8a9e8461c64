const { TestEnvironment } = require('jest-environment-jsdom');

/** jsdom with the parts of today's browsers that it lacks, taken from Node. */
module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    Object.assign(this.global, { AbortController, AbortSignal, Response });
  }
};
