export const Profile = () => <p>profile</p>;
