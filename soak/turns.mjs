/** Work that must not be done side by side. */
export class Turns {
  #last = Promise.resolve();

  /** Does `work` when what came before has ended. */
  alone(work) {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
