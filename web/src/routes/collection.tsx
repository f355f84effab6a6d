export const CollectionPage = () => <p>collection</p>;
