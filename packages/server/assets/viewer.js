/** The viewer of /view/: one image, five ways to ask for its tiles. Everything it needs stands in data attributes. */
(() => {
  const element = document.getElementById('viewer');
  const failure = document.getElementById('failure');
  const choices = [...document.querySelectorAll('input[name=protocol]')];
  const { root, image, iiif3, iiif2, deepzoom, zoomify, width, height, tileSize } = element.dataset;

  const sources = {
    iiif3,
    iiif2,
    deepzoom,
    zoomify: {
      type: 'zoomifytileservice',
      width: Number(width),
      height: Number(height),
      tileSize: Number(tileSize),
      tilesUrl: zoomify,
    },
    iip: { iipsrv: `${root}/iip`, image },
  };

  const viewer = OpenSeadragon({
    element,
    prefixUrl: `${root}/assets/openseadragon/images/`,
    drawer: ['canvas', 'html'],
    showNavigator: true,
    maxZoomPixelRatio: 4,
    crossOriginPolicy: false,
  });
  globalThis.viewer = viewer;

  function open(protocol) {
    failure.hidden = true;
    const bounds = viewer.isOpen() ? viewer.viewport.getBounds() : undefined;
    viewer.addOnceHandler('open', () => {
      if (bounds) viewer.viewport.fitBounds(bounds, true);
    });
    viewer.open(sources[protocol]);
  }

  viewer.addHandler('open-failed', () => {
    failure.textContent = 'The image cannot be shown this way.';
    failure.hidden = false;
  });

  function chosen() {
    const named = location.hash.slice(1);
    return choices.find((choice) => choice.value === named) ?? choices[0];
  }

  for (const choice of choices) {
    choice.addEventListener('change', () => {
      history.replaceState(null, '', `#${choice.value}`);
      open(choice.value);
    });
  }

  const first = chosen();
  first.checked = true;
  open(first.value);
})();
