// @ts-check
/**
 * What stands in the section before anything is drawn into it; words are put in by their names.
 */

export const STEPS = 1000; // of the slider

export const FRAME = `
  <section class="ae-part">
    <header><h3 data-word="title"></h3></header>
    <p class="ae-odd-which" role="status"></p>
    <p class="ae-note" data-word="about"></p>
    <div class="ae-tools ae-odd-normal">
      <span data-word="normal"></span><span class="ae-odd-classes"></span>
      <button type="button" name="find" class="ae-odd-find" data-word="find"></button>
      <button type="button" name="cancel" data-word="cancel" hidden></button>
      <span class="ae-odd-said" role="status"></span>
    </div>
    <div class="ae-odd-found" hidden>
      <p class="ae-odd-verdict"></p>
      <div class="ae-tools">
        <label><span data-word="by"></span> <select name="score"></select></label>
        <label><span data-word="rule"></span> <select name="rule"></select></label>
        <label class="ae-odd-quantile"><span data-word="quantile"></span> <input type="number" name="quantile" min="0.5" max="0.999" step="0.01" value="0.95"></label>
        <label class="ae-odd-cost"><span data-word="cost"></span> <input type="number" name="cost" min="0.01" max="1000" step="1" value="5"></label>
        <span class="ae-choice ae-odd-groups"><button type="button" name="groups" value="kinds" aria-pressed="true" data-word="kinds"></button><button type="button" name="groups" value="classes" aria-pressed="false" data-word="classes"></button></span>
      </div>
      <div class="ae-odd-grid">
        <div class="ae-odd-scores">
          <h4 class="ae-odd-histogram-title"></h4>
          <div class="ae-odd-histogram"></div>
          <input type="range" name="threshold" min="0" max="${STEPS}" step="1" data-title="drag">
          <div class="ae-legend ae-odd-legend"></div>
          <p class="ae-note ae-odd-chosen"></p>
        </div>
        <div class="ae-odd-judged ae-odd-wide">
          <div class="ae-odd-pair">
            <div><h4><span data-word="roc"></span> <span class="ae-odd-auc"></span></h4><div class="ae-odd-roc"></div></div>
            <div><h4><span data-word="pr"></span> <span class="ae-odd-ap"></span></h4><div class="ae-odd-pr"></div></div>
          </div>
          <div class="ae-legend ae-odd-curves"></div>
        </div>
      </div>
      <div class="ae-odd-grid">
        <div><h4 data-word="confusion"></h4><div class="ae-odd-confusion"></div></div>
        <div class="ae-odd-wide"><div class="ae-table ae-errors ae-odd-detectors"></div><p class="ae-note ae-odd-how"></p></div>
      </div>
      <h4 data-word="oddest"></h4><div class="ae-odd-examples ae-odd-oddest"></div>
      <h4 data-word="plainest"></h4><div class="ae-odd-examples ae-odd-plainest"></div>
      <p class="ae-note ae-odd-caption"></p>
      <div class="ae-tools"><button type="button" name="csv" data-word="scores_csv"></button></div>
    </div>
    <div class="ae-odd-fresh" hidden>
      <h4 data-word="fresh_title"></h4>
      <p class="ae-odd-fresh-said"></p><div class="ae-odd-examples ae-odd-fresh-oddest"></div>
      <p class="ae-note ae-odd-fresh-notes"></p>
      <div class="ae-tools"><button type="button" name="fresh" data-word="fresh_csv"></button></div>
    </div>
  </section>`;
