"""What sound files say of themselves beside the sound: who recorded what, and where."""
