exports.handler = (event, _context, callback) => {
  setTimeout(() => (event.fail ? callback(new RangeError('too far')) : callback(null, { from: 'callback' })), 1);
};
